import { mkdtemp, readdir, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FileStore } from '../../src/connectors/file/file-store.js';
import type { ObjectStore, ObjectVersion } from '../../src/engine/object-store.js';
import { createTestBucket } from './s3/test-bucket.js';

const never = new AbortController().signal;

interface Fixture {
  readonly store: ObjectStore;
  drop(): Promise<void>;
}

async function s3Fixture(): Promise<Fixture> {
  const bucket = await createTestBucket();
  return { store: bucket.store('final/'), drop: () => bucket.drop() };
}

async function fileFixture(): Promise<Fixture> {
  const root = await mkdtemp(join(tmpdir(), 'strata-written-'));
  return { store: new FileStore(root, 0), drop: () => rm(root, { recursive: true }) };
}

async function listed(store: ObjectStore): Promise<ObjectVersion[]> {
  const all: ObjectVersion[] = [];
  for await (const page of store.list({ recursive: true })) all.push(...page);
  return all;
}

describe.each([
  ['a bucket', s3Fixture],
  ['a folder', fileFixture],
])('what is written to %s', (_, open) => {
  let fixture: Fixture;
  let local: string;
  beforeAll(async () => {
    fixture = await open();
    local = await mkdtemp(join(tmpdir(), 'strata-local-'));
  });
  afterAll(async () => {
    await fixture.drop();
    await rm(local, { recursive: true });
  });

  it('is there whole under its key, and takes the place of what was there', async () => {
    const { store } = fixture;
    const file = join(local, 'part');
    expect(await store.find('report=a/2020-06-22/part-00000.csv', never)).toBeUndefined();
    for (const text of ['id\n1\n', 'id\n1\n2\n']) {
      await writeFile(file, text);
      const written = await store.write('report=a/2020-06-22/part-00000.csv', file, never);
      expect(written.size).toBe(text.length);
      expect(await store.find('report=a/2020-06-22/part-00000.csv', never)).toEqual(written);
      const [object, ...others] = await listed(store);
      expect([object?.key.endsWith('report=a/2020-06-22/part-00000.csv'), others]).toEqual([true, []]);
      expect((await buffer(await store.read(object!, { start: 0 }))).toString()).toBe(text);
    }
  });

  it('goes up in parts where it is large', async () => {
    const file = join(local, 'large');
    await writeFile(file, 'x');
    await truncate(file, 40_000_000);
    const written = await fixture.store.write('large.bin', file, never);
    expect([written.size, await fixture.store.find('large.bin', never)]).toEqual([40_000_000, written]);
  });

  it('is put only where nothing is, also in parts, and by one of two that put it at the same time', async () => {
    const { store } = fixture;
    const put = async (key: string, name: string, bytes: number) => {
      const file = join(local, name);
      await writeFile(file, name);
      await truncate(file, bytes);
      return store.writeNew(key, file, never);
    };
    expect(await put('new/small.csv', 'first', 100)).toBe(true);
    expect(await put('new/small.csv', 'second', 200)).toBe(false);
    expect((await store.find('new/small.csv', never))?.size).toBe(100);
    const both = await Promise.all([put('new/large.csv', 'left', 20_000_000), put('new/large.csv', 'right', 20_000_000)]);
    expect(both.filter((isFirst) => isFirst)).toHaveLength(1);
    const there = await buffer((await store.open('new/large.csv', never))!);
    expect(there.subarray(0, 5).toString().replaceAll('\0', '')).toBe(both[0] ? 'left' : 'right');
    expect((await listed(store)).filter(({ key }) => key.includes('new/'))).toHaveLength(2);
    expect(await store.open('new/nothing.csv', never)).toBeUndefined();
  });

  it('leaves what was there, and nothing beside it, when it is aborted or its file can not be read', async () => {
    const { store } = fixture;
    const file = join(local, 'kept');
    await writeFile(file, 'kept');
    const kept = await store.write('kept.csv', file, never);
    await truncate(file, 400_000_000);
    const aborted = new AbortController();
    const work = store.write('kept.csv', file, aborted.signal);
    setTimeout(() => aborted.abort(new Error('enough')), 20);
    await expect(work).rejects.toThrow('enough');
    await expect(store.write('kept.csv', join(local, 'no such file'), never)).rejects.toThrow();
    expect(await store.find('kept.csv', never)).toEqual(kept);
    expect((await listed(store)).filter(({ key }) => key.includes('kept'))).toHaveLength(1);
  });

  it('is removed only while it is as it was written', async () => {
    const { store } = fixture;
    const file = join(local, 'removed');
    await writeFile(file, 'first');
    const first = await store.write('removed.csv', file, never);
    await writeFile(file, 'other');
    const other = await store.write('removed.csv', file, never);
    expect(await store.removeWritten('removed.csv', first, never)).toBe('replaced');
    expect(await store.find('removed.csv', never)).toEqual(other);
    expect(await store.removeWritten('removed.csv', other, never)).toBe('removed');
    expect(await store.removeWritten('removed.csv', other, never)).toBe('gone');
    expect(await store.removeWritten('no/folder/removed.csv', other, never)).toBe('gone');
  });
});

it('what is written to a folder leaves no hidden file', async () => {
  const { store, drop } = await fileFixture();
  const file = join(tmpdir(), 'no such file');
  await expect(store.write('a/b.csv', file, never)).rejects.toThrow();
  expect(await readdir(new URL('a/', store.url))).toEqual([]);
  await drop();
});

it('a removal from a folder that died goes on when it is repeated, and takes no file of somebody else', async () => {
  const { store, drop } = await fileFixture();
  const root = fileURLToPath(store.url);
  const local = join(root, '.local');
  await writeFile(local, 'rows');
  const half = async () => {
    const written = await store.write('part.csv', local);
    await rename(join(root, 'part.csv'), join(await mkdtemp(join(root, '.strata-')), 'part.csv'));
    return written;
  };
  for (const next of [undefined, 'of somebody else']) {
    const written = await half();
    if (next !== undefined) await writeFile(join(root, 'part.csv'), next);
    expect(await store.removeWritten('part.csv', { ...written, etag: '1-4-1' })).toBe(next === undefined ? 'gone' : 'replaced');
    expect(await readdir(root)).toContainEqual(expect.stringMatching(/^\.strata-/));
    await mkdtemp(join(root, '.strata-'));
    expect(await store.removeWritten('part.csv', written)).toBe('removed');
    expect((await readdir(root)).sort()).toEqual(['.local', ...(next === undefined ? [] : ['part.csv'])]);
  }
  await drop();
});
