import { link, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { nameOf, ownProcess } from '../../../src/connectors/abandoned-folders.js';
import { FileStore } from '../../../src/connectors/file/file-store.js';
import { probeFolder } from '../../../src/connectors/file/probe-folder.js';
import { putIntoFolder } from '../../../src/connectors/file/write/put-file.js';
import type { LeftAlone, ObjectVersion } from '../../../src/engine/object-store.js';

let root: string;
let store: FileStore;
/** Of a process that is gone, and of this one. */
let gone: string;
let own: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'strata-killed-'));
  store = new FileStore(root, 0);
  const maker = (await ownProcess())!;
  // The ids of processes have four million at most.
  [gone, own] = [`${nameOf({ ...maker, pid: 5_000_000 })}-1f2e`, `${nameOf(maker)}-1f2e`];
});
afterEach(() => rm(root, { recursive: true }));

const names = async () => (await readdir(root, { recursive: true })).sort();
const listed = async (leftAlone?: (object: LeftAlone) => void): Promise<ObjectVersion[]> => {
  const all: ObjectVersion[] = [];
  for await (const page of store.list({ recursive: true, leftAlone })) all.push(...page);
  return all;
};

it.each(['remove', 'move'])('a process that was killed when it had done what it was to %s leaves no folder', async (how) => {
  await writeFile(join(root, 'users.csv'), 'a\n');
  const [version] = await listed();
  await rm(join(root, 'users.csv'));
  await mkdtemp(join(root, '.strata-'));
  expect(await (how === 'remove' ? store.remove(version!) : store.move(version!, 'archive/users.csv'))).toBe('gone');
  expect((await names()).filter((name) => name.startsWith('.'))).toEqual([]);
});

it('a file comes back no more once a move has brought it to its place, though a listing put it back in between', async () => {
  await writeFile(join(root, 'users.csv'), 'a\n');
  const [version] = await listed();
  await mkdir(join(root, 'archive'));
  await link(join(root, 'users.csv'), join(root, 'archive', 'users.csv'));
  expect(await store.move(version!, 'archive/users.csv')).toBe('removed');
  expect(await names()).toEqual(['archive', 'archive/users.csv']);
});

it('what a put that was killed had brought in goes with the next one, and nobody is told to load it', async () => {
  await writeFile(join(root, `.strata-put-${gone}`), 'half');
  await writeFile(join(root, `.strata-put-${own}`), 'all');
  const told: LeftAlone[] = [];
  expect(await listed((object) => told.push(object))).toEqual([]);
  expect(told.map(({ reason }) => reason)).toEqual([0, 1].map(() => expect.stringContaining('strata put')));
  const file = join(root, 'local');
  await writeFile(file, 'a\n');
  expect(await putIntoFolder(file, root, 'users.csv')).toBe(true);
  expect(await names()).toEqual([`.strata-put-${own}`, 'local', 'users.csv']);
});

it('what a probe that was killed has left goes with the next one', async () => {
  await writeFile(join(root, `.strata-probe-${gone}`), 'probe\n');
  await mkdir(join(root, 'quarantine', `probe-${gone}`), { recursive: true });
  await writeFile(join(root, 'quarantine', `probe-${gone}`, `.strata-probe-${gone}`), 'probe\n');
  await mkdir(join(root, 'quarantine', `probe-${own}`));
  await probeFolder(store);
  expect(await names()).toEqual(['quarantine', `quarantine/probe-${own}`]);
});

it('what a process that was killed had begun of a note goes with the next one', async () => {
  await mkdir(join(root, '.strata'));
  for (const maker of [gone, own]) await writeFile(join(root, '.strata', `.owner.json-${maker}`), '{');
  expect(await store.writeNote('.strata/owner.json', '{}', undefined)).toBeDefined();
  expect(await names()).toEqual(['.strata', `.strata/.owner.json-${own}`, '.strata/owner.json']);
});
