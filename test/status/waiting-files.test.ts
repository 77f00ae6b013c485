import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { FileStore } from '../../src/connectors/file/file-store.js';
import type { PipelineDefinition } from '../../src/engine/definition/types.js';
import { b2b } from '../../src/pipelines/b2b.js';
import { eastrock } from '../../src/pipelines/eastrock.js';
import { totesys } from '../../src/pipelines/totesys.js';
import { waitingFiles } from '../../src/status/waiting-files.js';
import { LakeFolder } from '../pipelines/totesys/lake.js';
import { createTestBucket, type TestBucket } from '../connectors/s3/test-bucket.js';

let bucket: TestBucket;
beforeAll(async () => {
  bucket = await createTestBucket();
});
afterAll(() => bucket.drop());

it('names folders of a bucket whose files no pickup takes, but for those of Strata', async () => {
  for (const name of ['users.csv', '2026/11/users.csv', '2026/12/users.csv', 'quarantine/7-0123abcd/users.csv', '.strata/owner.json'])
    await bucket.client.send(new PutObjectCommand({ Bucket: bucket.bucket, Key: `in/${name}`, Body: 'text' }));
  const { feeds, others, leftAlone } = await waitingFiles(bucket.store('in/'), eastrock);
  expect(feeds.users?.files).toBe(1);
  expect(others.files).toBe(0);
  expect(leftAlone).toEqual({ files: 1, shown: [{ key: '2026/', reason: expect.stringContaining('it is a folder') as unknown }] });
});

it('lists the first files of each kind, or as many as are asked for', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'strata-waiting-'));
  for (let file = 1; file <= 25; file += 1) {
    writeFileSync(join(folder, `notes-${file}.txt`), 'text');
    writeFileSync(join(folder, `.users-${file}.csv`), 'text');
  }
  const store = new FileStore(folder, 0);
  const seen = async (shown?: number) => {
    const { others, leftAlone } = await waitingFiles(store, eastrock, [], undefined, shown === undefined ? {} : { shown });
    return [others.files, others.keys.length, leftAlone.files, leftAlone.shown.length];
  };
  expect(await seen()).toEqual([25, 20, 25, 20]);
  expect(await seen(Number.POSITIVE_INFINITY)).toEqual([25, 25, 25, 25]);
  rmSync(folder, { recursive: true });
});

it('lists what lies in the root, and above the folders of feeds, where all feeds are in folders', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'strata-waiting-'));
  const taken = ['data/raw/2020-06-22/leadcsv.csv', 'data/init/orders.csv'];
  for (const name of [
    ...taken,
    'leadcsv.csv',
    'data/orders.csv',
    'other/orders.csv',
    'data/final/report=total_leads/2020-06-22/part-00000.csv',
  ]) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), '1\n');
    await bucket.client.send(new PutObjectCommand({ Bucket: bucket.bucket, Key: `folders/${name}`, Body: '1\n' }));
  }
  for (const store of [bucket.store('folders/'), new FileStore(folder, 0)]) {
    const { feeds, others, leftAlone } = await waitingFiles(store, b2b);
    expect(Object.values(feeds).reduce((files, feed) => files + feed.files, 0)).toBe(taken.length);
    expect([...others.keys].sort()).toEqual(['data/orders.csv', 'leadcsv.csv']);
    expect(leftAlone.shown).toEqual([{ key: 'other/', reason: expect.stringContaining('it is a folder') as unknown }]);
  }
  rmSync(folder, { recursive: true });
});

it('lists what people put beside the files that Strata has put away, in a bucket and in a folder', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'strata-waiting-'));
  const away = ['quarantine/7-0123abcd/users.csv', 'quarantine/8/users.csv', 'archive/2026-11-01/users.csv'];
  for (const name of [...away, 'quarantine/users.csv', 'quarantine/mine/users.csv', 'archive/users.csv', 'archive/mine/users.csv']) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), 'UserID\n');
    await bucket.client.send(new PutObjectCommand({ Bucket: bucket.bucket, Key: `beside/${name}`, Body: 'UserID\n' }));
  }
  const noReplay = expect.stringMatching(/^it is in no load's folder, so nothing takes it\./) as unknown;
  const noFeed = expect.stringContaining('it is a folder that no feed') as unknown;
  const strays = [
    { key: 'quarantine/mine/', reason: noReplay },
    { key: 'quarantine/users.csv', reason: noReplay },
  ];
  for (const store of [bucket.store('beside/'), new FileStore(folder, 0)]) {
    const seen = async (definition: PipelineDefinition) => {
      const { others, leftAlone } = await waitingFiles(store, definition);
      return { others: others.keys, leftAlone: [...leftAlone.shown].sort((a, b) => (a.key < b.key ? -1 : 1)) };
    };
    expect(await seen(eastrock)).toEqual({ others: [], leftAlone: [{ key: 'archive/', reason: noFeed }, ...strays] });
    expect(await seen({ ...eastrock, release: 'archive' })).toEqual({
      others: ['archive/users.csv'],
      leftAlone: [{ key: 'archive/mine/', reason: noFeed }, ...strays],
    });
    // Feeds whose files are in folders of every depth.
    const deep = {
      ...eastrock,
      release: 'archive',
      feeds: eastrock.feeds.map((feed) => ({ ...feed, match: `(^|/)${feed.match.slice(1)}` })),
    };
    expect((await seen(deep as PipelineDefinition)).leftAlone).toEqual([{ key: 'quarantine/mine/users.csv', reason: noReplay }, strays[1]]);
  }
  rmSync(folder, { recursive: true });
});

it('says of a file without a last line end, or an empty one, how long it rests, but not when it is loaded', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'strata-waiting-'));
  for (const [name, text] of Object.entries({ users: '', games: 'a,', payments: '' })) writeFileSync(join(folder, `${name}.csv`), text);
  const store = new FileStore(folder, 2_000, 60_000);
  const waiting = await waitingFiles(store, eastrock, [], (objects) =>
    Promise.resolve(new Set(objects.filter(({ feed }) => feed === 'payments').map(({ object }) => object))),
  );
  rmSync(folder, { recursive: true });
  expect(waiting.loaded).toBe(1);
  expect([...waiting.remarks.shown].sort((a, b) => (a.key < b.key ? -1 : 1))).toEqual([
    { key: 'games.csv', reason: 'it does not end with a line break: it is loaded once it has not changed for 60 s' },
    { key: 'users.csv', reason: 'it is empty: it is loaded once it has not changed for 60 s' },
  ]);
});

it('says nothing of such files where they are taken at once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'strata-waiting-'));
  for (const name of ['users.csv', 'games.csv']) writeFileSync(join(folder, name), 'a');
  expect((await waitingFiles(new FileStore(folder, 0, 60_000), eastrock)).remarks).toEqual({ files: 0, shown: [] });
  rmSync(folder, { recursive: true });
});

it('does not wait for objects of a lake that a run left which died', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'strata-waiting-'));
  const lake = new LakeFolder(folder);
  const row = { design_id: '1', created_at: null };
  lake.write({ design: [[row], [row]] }, { manifest: false });
  lake.write({ design: [[row]] });
  lake.write({ design: [[row]] });
  const loaded = 'design/2026/03/01/run=0000000001/design-00000.csv.gz';
  const waiting = await waitingFiles(
    new FileStore(folder, 0),
    totesys,
    [],
    (objects) => Promise.resolve(new Set(objects.map(({ object }) => object).filter(({ key }) => key === loaded))),
    { claimedRuns: new Map([['design', 1]]) },
  );
  rmSync(folder, { recursive: true });
  expect(waiting.loaded).toBe(1);
  expect(waiting.feeds.design?.files).toBe(1);
  expect(waiting.leftAlone.shown).toEqual([
    { key: 'design/2026/03/01/run=0000000001/design-00001.csv.gz', reason: expect.stringContaining('no manifest names it') as unknown },
  ]);
});
