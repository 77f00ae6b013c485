import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { isEngineTable } from '../../src/engine/definition/checks/check-tables.js';
import { documentAt, root, tables } from './documents.js';

const folder = join(root, 'sql', 'migrations');

const sql = readdirSync(folder)
  .filter((name) => name.endsWith('.sql'))
  .map((name) => readFileSync(join(folder, name), 'utf8'))
  .join('\n');
const made = [...sql.matchAll(/^create table if not exists gear\.(\w+)/gm)].map(([, name = '']) => name);

it('no definition can give one of its own tables the name of one that migrations make', () => {
  expect(made.filter((name) => !isEngineTable(name))).toEqual([]);
});

it('docs/reference/gear.md has a row for every table that migrations make, and for nothing else', () => {
  const [rows = []] = tables(documentAt('docs/reference/gear.md'));
  expect(rows.map(([cell = '']) => cell.replaceAll('`', '')).sort()).toEqual(made.sort());
});
