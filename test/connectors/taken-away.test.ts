import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { putManifest, putObject } from '../../src/connectors/lake/write-lake.js';
import { manifestKey } from '../../src/contracts/lake/manifest.js';
import { StoreError } from '../../src/engine/object-store.js';
import { bucketSource, folderSource, type TestSource } from './test-source.js';

const unavailable = { name: 'StoreError', kind: 'unavailable' };
/** Of several parts in a bucket. */
const large = 20_000_000;

async function localFile(folder: string, name: string, bytes: number): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, name);
  await truncate(file, bytes);
  return file;
}

/** As an activity is: a server may answer with an error of its own where an upload is taken away while it puts the parts together. */
async function triedAgain<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let left = 5; ; left -= 1)
    try {
      return await work();
    } catch (error) {
      if (left === 0 || !(error instanceof StoreError) || error.kind !== 'unavailable') throw error;
    }
}

let local: string;
beforeAll(async () => {
  local = await mkdtemp(join(tmpdir(), 'strata-local-'));
});
afterAll(() => rm(local, { recursive: true }));

describe.each([
  ['a bucket', bucketSource],
  ['a folder', folderSource],
])('what is brought into %s by several processes', (_, open) => {
  let source: TestSource;
  beforeAll(async () => {
    source = await open();
  });
  afterAll(() => source.drop());

  it('is tried again by one whose part another took for what a dead one had left', async () => {
    const { store } = source;
    const file = await localFile(local, 'staged', 100);
    const staged = await store.stage('staged.csv', file);
    await store.dropStaged('staged.csv');
    await expect(staged.put()).rejects.toMatchObject(unavailable);
    await staged.drop();
    expect(await store.find('staged.csv')).toBeUndefined();
  });

  it('is brought in by each of them, however many are at it at the same time', async () => {
    const { store } = source;
    const names = ['a', 'b', 'c', 'd'];
    const parts = await Promise.all(
      names.map(async (name) => ({ file: await localFile(local, name, large), rows: 1, bytes: large, sha256: name })),
    );
    const put = await Promise.all(parts.map((part) => triedAgain(() => putObject(store, (free) => `lake/part-${free}`, 0, part))));
    expect(put.map(({ object }) => object.sha256)).toEqual(names);
    const keys = put.map(({ object }) => object.key);
    expect(new Set(keys).size).toBe(names.length);
    for (const key of keys) expect((await store.find(key))?.size).toBe(large);
  });
});

it('a dead process that had not brought in a manifest leaves nothing of it in a folder', async () => {
  const { store, drop } = await folderSource();
  await store.stage(manifestKey(1), await localFile(local, 'manifest', 100));
  await putManifest(store, local, { run: 1, text: '{}' });
  expect((await readdir(new URL(store.url), { recursive: true })).filter((name) => name.includes('.part'))).toEqual([]);
  await drop();
});
