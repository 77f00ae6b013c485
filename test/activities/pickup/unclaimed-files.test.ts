import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { feedObjects } from '../../../src/activities/pickup/feed-objects.js';
import { UnclaimedFiles } from '../../../src/activities/pickup/unclaimed-files.js';
import { FileStore } from '../../../src/connectors/file/file-store.js';
import type { Partitions } from '../../../src/contracts/activities/pickup.js';
import type { FeedDefinition } from '../../../src/engine/definition/types.js';

const column = 'delivery_date';
const feed: FeedDefinition = {
  name: 'orders',
  match: 'raw/(?<date>\\d{4}-\\d{2}-\\d{2})/orders\\.csv',
  partition: { column, group: 'date' },
  reasons: ['too_long'],
  columns: [{ name: 'note', header: 'note', type: { kind: 'text', maxLength: 10 }, reason: 'too_long' }],
};
const first: FeedDefinition = { ...feed, name: 'first', match: 'init/orders\\.csv', partition: { column, value: '1000-01-01' } };

describe('files of some dates that no load can be made of', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-unclaimed-'));
    const outside = join(folder, 'outside');
    await mkdir(outside);
    await writeFile(join(outside, 'orders.csv'), 'a\n');
    for (const date of ['2020-06-01', '2020-06-02', '2020-06-04', '2020-06-31'])
      await mkdir(join(folder, 'raw', date), { recursive: true });
    await writeFile(join(folder, 'raw/2020-06-01/orders.csv'), 'a\n');
    // Links are not followed, whoever runs this.
    await symlink(join(outside, 'orders.csv'), join(folder, 'raw/2020-06-02/orders.csv'));
    await symlink(join(outside, 'orders.csv'), join(folder, 'raw/2020-06-02/other.csv'));
    await symlink(outside, join(folder, 'raw/2020-06-03'));
    await symlink(join(outside, 'orders.csv'), join(folder, 'raw/2020-06-04/orders.csv'));
    await symlink(join(outside, 'orders.csv'), join(folder, 'raw/2020-06-31/orders.csv'));
    await symlink(outside, join(folder, 'init'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const listed = async (of: FeedDefinition, partitions: Partitions) => {
    const left = new UnclaimedFiles();
    const found: (string | undefined)[] = [];
    const listing = {
      kind: 'feed',
      partitions,
      neighbours: [],
      unsettled: true,
      faulty: () => undefined,
      leftAlone: left.add.bind(left),
    } as const;
    const definition = { feeds: [feed, first], release: 'keep' } as const;
    for await (const page of feedObjects(new FileStore(folder), of, definition, listing)) found.push(...page.map(({ date }) => date));
    return { found, ...left.listed(typeof partitions === 'object') };
  };

  it('are told with their dates, and so are folders of these dates', async () => {
    expect(await listed(feed, { from: '2020-06-01', to: '2020-06-03' })).toMatchObject({
      found: ['2020-06-01'],
      blocked: { files: 2, example: expect.stringMatching(/^raw\/2020-06-0[23].*: it is a symbolic link/) as unknown },
      dates: ['2020-06-02', '2020-06-03'],
    });
    const single = await listed(feed, { from: '2020-06-02', to: '2020-06-02' });
    expect(single).toMatchObject({ files: 1, first: [{ object: 'raw/2020-06-02/orders.csv' }], dates: ['2020-06-02'] });
  });

  it('of other dates, and of none, block nothing', async () => {
    expect(await listed(feed, { from: '2020-06-01', to: '2020-06-01' })).toEqual({
      found: ['2020-06-01'],
      files: 0,
      waiting: 0,
      first: [],
    });
    const { blocked, dates } = await listed(feed, { from: '2020-06-20', to: '2020-06-30' });
    expect([blocked, dates]).toEqual([undefined, undefined]);
  });

  it('block an initial load too', async () => {
    const { blocked, dates } = await listed(first, 'initial');
    expect([blocked?.files, dates]).toEqual([1, undefined]);
  });
});
