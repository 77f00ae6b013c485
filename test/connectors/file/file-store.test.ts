import { execFile } from 'node:child_process';
import { appendFile, link, lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FileStore } from '../../../src/connectors/file/file-store.js';
import { versionOf } from '../../../src/connectors/file/file-version.js';
import { inFolder } from '../../../src/connectors/file/open-folder.js';
import { discard, openPrivateFolder, recoverLeftovers, takeFile } from '../../../src/connectors/file/private-folder.js';
import { lastingEtag, type ObjectVersion } from '../../../src/engine/object-store.js';

describe('a folder as an object store', () => {
  let root: string;
  let store: FileStore;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'strata-file-'));
    store = new FileStore(root);
  });
  afterAll(() => rm(root, { recursive: true }));

  const path = (name: string) => join(root, name);
  /** The version without the wait for it to be listed. */
  const version = async (name: string): Promise<ObjectVersion> => versionOf(name, await lstat(path(name), { bigint: true }));
  const put = async (name: string, body: string): Promise<ObjectVersion> => {
    await writeFile(path(name), body);
    return version(name);
  };
  const listed = async (recursive = false, of = store): Promise<string[]> => {
    const keys: string[] = [];
    for await (const page of of.list({ recursive })) keys.push(...page.map(({ key }) => key));
    return keys;
  };
  /** Leaves the file as a worker does that dies between rename and unlink; returns where. */
  const takeAndDie = async (name: string): Promise<string> => {
    const folder = await mkdtemp(path('.strata-'));
    await rename(path(name), join(folder, name));
    return join(folder, name);
  };
  const privateFolders = async () => (await readdir(root)).filter((name) => name.startsWith('.strata-'));

  it('lists a file only when nothing was written to it for 2 s, whatever its modification time says', async () => {
    await put('quiet.csv', 'x');
    await put('future.csv', 'x');
    await utimes(path('future.csv'), new Date('2040-01-01'), new Date('2040-01-01'));
    await put('growing.csv', 'a');
    await utimes(path('growing.csv'), new Date('2020-01-01'), new Date('2020-01-01'));
    let grows = true;
    const writer = (async () => {
      while (grows) {
        await appendFile(path('growing.csv'), 'a');
        await sleep(300);
      }
    })();
    expect((await listed()).sort()).toEqual(['future.csv', 'quiet.csv']);
    grows = false;
    await writer;
    await rename(path('growing.csv'), path('copied.csv'));
    expect((await listed()).sort()).toEqual(['copied.csv', 'future.csv', 'quiet.csv']);
  });

  it('waits for files that were written a moment ago, and stops waiting when it is aborted', async () => {
    await put('sudden.csv', 'x');
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('cancelled')), 200);
    const listing = async () => {
      const keys: string[] = [];
      for await (const page of store.list({ recursive: false, signal: controller.signal })) keys.push(...page.map(({ key }) => key));
      return keys;
    };
    await expect(listing()).rejects.toThrow('cancelled');
    expect(await listed()).toContain('sudden.csv');
    await rm(path('sudden.csv'));
  });

  it('tells the modification time in microseconds, rounded down', async () => {
    const stat = await lstat(path('quiet.csv'), { bigint: true });
    expect(versionOf('a', Object.assign(Object.create(stat) as typeof stat, { mtimeNs: 1_700_000_000_123_456_789n })).lastModified).toBe(
      '2023-11-14T22:13:20.123456Z',
    );
    expect(versionOf('a', Object.assign(Object.create(stat) as typeof stat, { mtimeNs: -1n })).lastModified).toBe(
      '1969-12-31T23:59:59.999999Z',
    );
  });

  it('leaves out hidden files and folders, symbolic links and what is no file', async () => {
    await mkdir(path('sub/.hidden'), { recursive: true });
    for (const name of ['.hidden.csv', 'sub/.hidden/a.csv', 'sub/inner.csv']) await put(name, 'x');
    await symlink(path('sub/inner.csv'), path('link.csv'));
    await symlink(path('sub'), path('linked-folder'));
    await sleep(2_050);
    expect((await listed(true)).sort()).toEqual(['copied.csv', 'future.csv', 'quiet.csv', 'sub/inner.csv']);
  });

  it('fails a read of a file that is rewritten in place, with the same size, while it is read', async () => {
    const before = await put('in-place.csv', 'a'.repeat(1_000_000));
    const stream = await store.read(before, { start: 0, end: 600_000 });
    const iterator = stream[Symbol.asyncIterator]();
    await iterator.next();
    await put('in-place.csv', 'b'.repeat(1_000_000));
    const rest = async () => {
      for (let next = await iterator.next(); !next.done; next = await iterator.next());
    };
    await expect(rest()).rejects.toMatchObject({ change: 'replaced' });
  });

  it('fails a read of a file that is cut short while it is read', async () => {
    const before = await put('short.csv', 'a'.repeat(1_000_000));
    const stream = await store.read(before, { start: 0 });
    const iterator = stream[Symbol.asyncIterator]();
    await iterator.next();
    await put('short.csv', 'a');
    const rest = async () => {
      for (let next = await iterator.next(); !next.done; next = await iterator.next());
    };
    await expect(rest()).rejects.toMatchObject({ change: 'replaced' });
  });

  it('does not wait for a FIFO or follow a link that took the place of a file', async () => {
    const before = await put('odd.csv', 'x');
    for (const replace of [() => promisify(execFile)('mkfifo', [path('odd.csv')]), () => symlink(path('quiet.csv'), path('odd.csv'))]) {
      await rm(path('odd.csv'));
      await replace();
      await expect(store.read(before, { start: 0 })).rejects.toMatchObject({ change: 'replaced' });
      expect(await store.remove(before)).toBe('replaced');
    }
  });

  it('ends a removal that a crash cut off after the rename, when it is repeated', async () => {
    const crashed = await put('crashed.csv', 'loaded');
    await takeAndDie('crashed.csv');
    expect(await store.remove(crashed)).toBe('removed');
    expect(await store.remove(crashed)).toBe('gone');
    expect(await privateFolders()).toEqual([]);
  });

  it('ends that removal, and nothing else, when a new file has the name by then', async () => {
    const crashed = await put('renewed.csv', 'loaded');
    await takeAndDie('renewed.csv');
    await put('renewed.csv', 'unread');
    expect(await store.remove(crashed)).toBe('removed');
    expect(await store.remove(crashed)).toBe('replaced');
    expect(await readFile(path('renewed.csv'), 'utf8')).toBe('unread');
    expect(await privateFolders()).toEqual([]);
  });

  it('ends a move that a crash cut off after the rename, or between link and unlink', async () => {
    const crashed = await put('moving.csv', 'refused');
    await takeAndDie('moving.csv');
    expect(await store.move(crashed, 'quarantine/1/moving.csv')).toBe('removed');
    const linked = await put('linking.csv', 'refused');
    await link(await takeAndDie('linking.csv'), path('quarantine/1/linking.csv'));
    expect(await store.move(linked, 'quarantine/1/linking.csv')).toBe('removed');
    expect((await readdir(path('quarantine/1'))).sort()).toEqual(['linking.csv', 'moving.csv']);
    expect(await privateFolders()).toEqual([]);
  });

  it('makes a file visible again that a crash left hidden, after a minute of its own clock and not before', async () => {
    let now = 0;
    const patient = new FileStore(root, 0, 0, () => now);
    const hidden = await put('hidden.csv', 'not deleted');
    await takeAndDie('hidden.csv');
    for (now of [0, 59_000]) {
      expect(await listed(false, patient)).not.toContain('hidden.csv');
      expect(await privateFolders()).toHaveLength(1);
    }
    now = 61_000;
    await listed(false, patient);
    expect(await privateFolders()).toEqual([]);
    expect(await listed(false, patient)).toContain('hidden.csv');
    const recovered = await version('hidden.csv');
    expect(lastingEtag(recovered.etag)).toBe(lastingEtag(hidden.etag));
    expect(await store.remove(recovered)).toBe('removed');
  });

  it('makes it visible only once a newer file of its name is gone, for under another name it would belong to no feed', async () => {
    let now = 0;
    const patient = new FileStore(root, 0, 0, () => now);
    await put('both.csv', 'older');
    await takeAndDie('both.csv');
    await put('both.csv', 'newer');
    for (now of [0, 61_000, 122_000]) await listed(false, patient);
    expect((await readdir(root)).filter((name) => name.startsWith('both'))).toEqual(['both.csv']);
    expect(await patient.remove(await version('both.csv'))).toBe('removed');
    await listed(false, patient);
    expect(await readFile(path('both.csv'), 'utf8')).toBe('older');
    await rm(path('both.csv'));
  });

  it('does not bring back a file that was deleted while a crash had left a second link to it', async () => {
    const twice = await put('linked-twice.csv', 'x');
    await link(await takeAndDie('linked-twice.csv'), path('linked-twice.csv'));
    expect(await store.remove(twice)).toBe('removed');
    expect(await readdir(root)).not.toContain('linked-twice.csv');
    expect(await privateFolders()).toEqual([]);
  });

  it('lets a remover that was thought dead do no harm to what was recovered', async () => {
    await put('slow.csv', 'x');
    await inFolder(root, [], { make: false }, async (folder) => {
      const taken = (await takeFile(folder, 'slow.csv'))!;
      await recoverLeftovers(folder, (await openPrivateFolder(folder, taken.folder.name))!);
      expect(await discard(taken)).toBe(false);
    });
    expect(await readFile(path('slow.csv'), 'utf8')).toBe('x');
  });

  it('sees a file that was rewritten in place after it was read, though size and modification time are the same', async () => {
    const time = new Date('2026-01-01T00:00:00Z');
    await put('same-time.csv', 'aaa');
    await utimes(path('same-time.csv'), time, time);
    const before = await version('same-time.csv');
    const read = await store.read(before, { start: 0 });
    for await (const piece of read) expect(String(piece)).toBe('aaa');
    await sleep(20);
    await put('same-time.csv', 'bbb');
    await utimes(path('same-time.csv'), time, time);
    expect(lastingEtag((await version('same-time.csv')).etag)).toBe(lastingEtag(before.etag));
    expect(await store.remove(before)).toBe('replaced');
    expect(await readFile(path('same-time.csv'), 'utf8')).toBe('bbb');
  });

  it('removes a file whose name is as long as a name may be', async () => {
    const name = `${'n'.repeat(251)}.csv`;
    expect(await store.remove(await put(name, 'x'))).toBe('removed');
  });

  it('refuses keys that lead out of the folder', async () => {
    const inside = await put('inside.csv', 'x');
    await expect(store.move(inside, '../outside.csv')).rejects.toThrow(RangeError);
    await expect(store.remove({ ...inside, key: 'sub/../../inside.csv' })).rejects.toThrow(RangeError);
  });

  it('says that the folder does not exist, or is none', async () => {
    const missing = new FileStore(path('no/such/folder'));
    const expected = { kind: 'no-such-bucket', message: expect.stringContaining('does not exist: create it') as unknown };
    await expect(missing.check()).rejects.toMatchObject(expected);
    await expect(missing.list({ recursive: false }).next()).rejects.toMatchObject(expected);
    await expect(new FileStore(path('quiet.csv')).check()).rejects.toMatchObject({ kind: 'misconfigured' });
  });
});
