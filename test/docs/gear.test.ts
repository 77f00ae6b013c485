import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { documentAt, root, tables } from './documents.js';

const folder = join(root, 'sql', 'migrations');

it('docs/reference/gear.md has a row for every table that migrations make, and for nothing else', () => {
  const sql = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
  const made = [...sql.matchAll(/^create table if not exists gear\.(\w+)/gm)].map(([, name]) => name);
  const [rows = []] = tables(documentAt('docs/reference/gear.md'));
  expect(rows.map(([cell = '']) => cell.replaceAll('`', '')).sort()).toEqual(made.sort());
});
