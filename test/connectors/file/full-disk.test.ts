import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { FileStore } from '../../../src/connectors/file/file-store.js';
import { putIntoFolder } from '../../../src/connectors/file/write/put-file.js';
import type { ObjectVersion } from '../../../src/engine/object-store.js';
import { describeWithDisks, smallDisk, type SmallDisk } from '../../support/small-disk.js';

const archived = 'archive/2026-01-01/users.csv';
const full = (doing: string) => ({
  kind: 'unavailable',
  message: expect.stringMatching(
    new RegExp(`^${doing} in folder /\\S+ failed \\(ENOSPC\\): its disk has no room left .*delete .*, and the next attempt goes through$`),
  ) as unknown,
});

describeWithDisks('a folder whose disk', () => {
  let local: string;
  let disk: SmallDisk;
  let store: FileStore;
  beforeAll(async () => {
    local = await mkdtemp(join(tmpdir(), 'strata-full-'));
    await writeFile(join(local, 'new.csv'), 'n\n'.repeat(4_000));
  });
  afterEach(() => disk.close());
  afterAll(() => rm(local, { recursive: true }));

  const begin = async (options: string) => {
    disk = await smallDisk(options);
    store = new FileStore(disk.folder, 0);
    await writeFile(join(disk.folder, 'users.csv'), 'a\n');
  };
  const listed = async () => {
    const found: ObjectVersion[] = [];
    for await (const page of store.list({ recursive: true, unsettled: true })) found.push(...page);
    return found;
  };
  const keys = async () => (await listed()).map(({ key }) => key).filter((key) => !key.startsWith('.'));
  const users = async () => (await listed()).find(({ key }) => key === 'users.csv')!;

  it('is full keeps what was there, has nothing half-written, and takes all of it once there is room', async () => {
    await begin('size=1m');
    await store.write('out/part.csv', join(local, 'new.csv'));
    const mark = await store.writeNote('.strata/owner.json', 'first', undefined);
    await writeFile(join(local, 'next.csv'), 'next\n'.repeat(4_000));
    await disk.fill();
    await expect(store.write('out/part.csv', join(local, 'next.csv'))).rejects.toMatchObject(full('writing out/part.csv'));
    await expect(store.writeNote('.strata/owner.json', 'second', mark)).rejects.toMatchObject(full('writing .strata/owner.json'));
    await expect(putIntoFolder(join(local, 'next.csv'), disk.folder, 'put.csv')).rejects.toMatchObject(full('putting "put.csv"'));
    expect(await readFile(join(disk.folder, 'out', 'part.csv'), 'utf8')).toBe('n\n'.repeat(4_000));
    expect(await store.readNote('.strata/owner.json')).toMatchObject({ text: 'first' });
    const names = await Promise.all(['.', 'out', '.strata'].map((name) => readdir(join(disk.folder, name))));
    expect(names.map((each) => each.sort())).toEqual([['.ballast', '.strata', 'out', 'users.csv'], ['part.csv'], ['owner.json']]);
    await disk.empty();
    await store.write('out/part.csv', join(local, 'next.csv'));
    expect(await readFile(join(disk.folder, 'out', 'part.csv'), 'utf8')).toBe('next\n'.repeat(4_000));
    expect(await store.writeNote('.strata/owner.json', 'second', mark)).toBeDefined();
    expect(await putIntoFolder(join(local, 'next.csv'), disk.folder, 'put.csv')).toBe(true);
  });

  it('has no inodes left for a move or a delete keeps the file, wherever the move stops, and moves it once when there are some', async () => {
    await begin('size=1m');
    const version = await users();
    await disk.takeInodes();
    await expect(store.remove(version)).rejects.toMatchObject(full('deleting "users.csv"'));
    await expect(store.move(version, archived)).rejects.toMatchObject(full('moving "users.csv"'));
    expect(await keys()).toEqual(['users.csv']);
    let failures = 0;
    const attempt = () => store.move(version, archived).catch((error: unknown) => error);
    for (let outcome = await attempt(); outcome !== 'removed'; outcome = await attempt()) {
      expect(outcome).toMatchObject(full('moving "users.csv"'));
      const names = await readdir(disk.folder, { recursive: true });
      expect(names.filter((name) => name.endsWith('users.csv'))).toHaveLength(1);
      failures += 1;
      await disk.mount(`nr_inodes=${2 + failures}`);
    }
    expect(failures).toBeGreaterThan(2);
    expect(await keys()).toEqual([archived]);
    expect(await readFile(join(disk.folder, archived), 'utf8')).toBe('a\n');
    expect((await readdir(disk.folder)).sort()).toEqual(['archive']);
  });

  it('is mounted read-only is told by that name, and nothing of it is lost', async () => {
    await begin('size=1m');
    const version = await users();
    await disk.mount('ro');
    const denied = (doing: string) => ({
      kind: 'denied',
      message: expect.stringMatching(
        new RegExp(`^${doing} in folder /\\S+ failed \\(EROFS\\): its file system is mounted read-only: mount it for writing`),
      ) as unknown,
    });
    await expect(store.remove(version)).rejects.toMatchObject(denied('deleting "users.csv"'));
    await expect(store.move(version, archived)).rejects.toMatchObject(denied('moving "users.csv"'));
    await expect(store.write('part.csv', join(local, 'new.csv'))).rejects.toMatchObject(denied('writing part.csv'));
    await expect(store.writeNote('.strata/owner.json', 'x', undefined)).rejects.toMatchObject(denied('writing .strata/owner.json'));
    expect(await users()).toEqual(version);
    await disk.mount('rw');
    expect(await store.remove(version)).toBe('removed');
  });
});
