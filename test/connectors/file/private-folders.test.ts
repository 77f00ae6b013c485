import { execFile } from 'node:child_process';
import { chmod, chown, link, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FileStore } from '../../../src/connectors/file/file-store.js';
import type { LeftAlone, ObjectVersion } from '../../../src/engine/object-store.js';

/** Whoever may write to the source must not lead the worker out of it. */
describe('a folder in which others put links', () => {
  let lab: string;
  let root: string;
  let outside: string;
  let now: number;
  let store: FileStore;
  let told: LeftAlone[];
  beforeEach(async () => {
    lab = await mkdtemp(join(tmpdir(), 'strata-links-'));
    root = join(lab, 'source');
    outside = join(lab, 'protected');
    await mkdir(root);
    await mkdir(outside);
    now = 0;
    told = [];
    store = new FileStore(root, 0, 0, () => now);
  });
  afterEach(() => rm(lab, { recursive: true }));

  const listed = async (recursive = false): Promise<ObjectVersion[]> => {
    const versions: ObjectVersion[] = [];
    for await (const page of store.list({ recursive, leftAlone: (object) => told.push(object) })) versions.push(...page);
    return versions;
  };
  const afterAMinute = async () => {
    await listed();
    now += 61_000;
    await listed();
  };

  it('deletes no file beyond a link that has the name of a private folder', async () => {
    await writeFile(join(outside, 'users.csv'), 'a\n');
    await link(join(outside, 'users.csv'), join(root, 'users.csv'));
    await symlink('../protected', join(root, '.strata-evil'));
    const [version] = await listed();
    expect(await store.remove(version!)).toBe('removed');
    expect(await store.remove(version!)).toBe('gone');
    await afterAMinute();
    expect(await readdir(outside)).toEqual(['users.csv']);
    expect(await readdir(root)).toEqual(['.strata-evil']);
    expect(told).toContainEqual({ key: '.strata-evil', reason: expect.stringContaining('remove it') as unknown });
  });

  it.each(['a link', 'a file', 'a folder that others may enter', 'a FIFO'])(
    'lists its files and removes them though %s has such a name',
    async (what) => {
      const odd = join(root, '.strata-odd');
      if (what === 'a link') await symlink('../protected', odd);
      else if (what === 'a file') await writeFile(odd, 'x');
      else if (what === 'a FIFO') await promisify(execFile)('mkfifo', [odd]);
      else {
        await mkdir(odd);
        await chmod(odd, 0o777);
        await writeFile(join(odd, 'users_1.csv'), 'not of Strata\n');
      }
      await writeFile(join(root, 'users_2.csv'), 'a\n');
      await afterAMinute();
      const versions = await listed();
      expect(versions.map(({ key }) => key)).toEqual(['users_2.csv']);
      expect(await store.remove(versions[0]!)).toBe('removed');
      expect(await readdir(root)).toEqual(['.strata-odd']);
    },
  );

  it('leaves a private folder of another user alone', async () => {
    // Only an administrator can make a folder another user's; for others the folder is one that others may enter.
    const foreign = await mkdtemp(join(root, '.strata-'));
    await writeFile(join(foreign, 'users.csv'), 'a\n');
    if (process.geteuid?.() === 0) await chown(foreign, 65_534, 65_534);
    else await chmod(foreign, 0o750);
    await afterAMinute();
    expect(await readdir(root)).toEqual([foreign.slice(root.length + 1)]);
    expect(told.map(({ key }) => key)).toContain(foreign.slice(root.length + 1));
  });

  it('recovers from the folder that it looked at, though a link takes its place meanwhile', async () => {
    const left = await mkdtemp(join(root, '.strata-'));
    const names = ['k00.key', ...Array.from({ length: 1_500 }, (_, number) => `filler-${number}.csv`)];
    for (const name of names) await writeFile(join(left, name), 'left behind\n');
    for (const name of names) await writeFile(join(outside, name), 'protected\n');
    await listed();
    now += 61_000;
    const recovering = listed();
    let swapped = false;
    const swap = async () => {
      while (!swapped) {
        const name = (await readdir(root)).find((entry) => entry.startsWith('.strata-') && join(root, entry) !== left);
        if (name === undefined) {
          await new Promise(setImmediate);
          continue;
        }
        await rename(join(root, name), join(root, 'moved-away'));
        await symlink('../protected', join(root, name));
        swapped = true;
      }
    };
    await Promise.all([recovering, swap()]);
    expect(await readdir(outside)).toHaveLength(names.length);
    expect(await readFile(join(root, 'k00.key'), 'utf8')).toBe('left behind\n');
  });

  it.each(['quarantine', 'quarantine/7'])('moves no file through a link at %s, and says what to do', async (place) => {
    await mkdir(join(root, place, '..'), { recursive: true });
    await symlink(outside, join(root, place));
    await writeFile(join(root, 'users.csv'), 'a\n');
    const [version] = await listed();
    await expect(store.move(version!, 'quarantine/7/users.csv')).rejects.toMatchObject({
      kind: 'misconfigured',
      message: expect.stringContaining('links are not followed') as unknown,
    });
    expect(await readdir(outside)).toEqual([]);
    // As it was, so that the next attempt is of the same version.
    expect(await listed()).toEqual([version]);
    await rm(join(root, place));
    expect(await store.move(version!, 'quarantine/7/users.csv')).toBe('removed');
    expect(await readdir(join(root, 'quarantine/7'))).toEqual(['users.csv']);
  });

  it('reads and removes nothing beyond a link that took the place of a sub-folder', async () => {
    await mkdir(join(root, 'sub'));
    await writeFile(join(outside, 'users.csv'), 'a\n');
    await link(join(outside, 'users.csv'), join(root, 'sub/users.csv'));
    const [version] = await listed(true);
    await rename(join(root, 'sub'), join(lab, 'elsewhere'));
    await symlink('../protected', join(root, 'sub'));
    await expect(store.read(version!, { start: 0 })).rejects.toMatchObject({ change: 'gone' });
    expect(await store.remove(version!)).toBe('gone');
    expect(await store.move(version!, 'quarantine/1/users.csv')).toBe('gone');
    expect(await readdir(outside)).toEqual(['users.csv']);
  });
});
