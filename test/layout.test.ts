import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '..');
/** A folder with more files than this needs rooms of its own. */
const mostFiles = 15;
/** These hold one thing each, in as many files as there are cases of it. */
const collections = ['test/replay/histories', 'sql/migrations'];

interface Folder {
  readonly path: string;
  readonly files: readonly string[];
}

function folders(path: string): Folder[] {
  const entries = readdirSync(path, { withFileTypes: true });
  const below = entries.filter((entry) => entry.isDirectory()).flatMap(({ name }) => folders(join(path, name)));
  return [{ path: relative(root, path), files: entries.filter((entry) => entry.isFile()).map(({ name }) => name) }, ...below];
}

it('no folder has more files than a reader takes in at a glance', () => {
  const all = ['src', 'test', 'docs', 'tools', 'web'].flatMap((name) => folders(join(root, name)));
  const full = all.filter(({ path, files }) => files.length > mostFiles && !collections.includes(path));
  expect(full.map(({ path, files }) => `${path}: ${files.length} files`)).toEqual([]);
});

it('only the gear, and the engine that renders its SQL, write the tables of gear', () => {
  const writes = /\b(insert(?: ignore)? into|update|delete from|replace into)\s+gear\./i;
  const writers = folders(join(root, 'src'))
    .filter(({ path }) => !/^src\/(gear|engine)\b/.test(path))
    .flatMap(({ path, files }) => files.map((file) => join(path, file)))
    .filter((file) => writes.test(readFileSync(join(root, file), 'utf8')));
  expect(writers).toEqual([]);
});
