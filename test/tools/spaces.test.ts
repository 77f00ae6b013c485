import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createConnection } from 'mysql2/promise';
import { shellQuoted } from '../../tools/programs/shell-quoted.js';
import { ownWarehouse } from '../support/servers/own-warehouse.js';

const before = process.env.XDG_CACHE_HOME;
let home: string;

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'strata two words '));
  await mkdir(path.join(home, 'strata'));
  // Programs are those of the real cache folder.
  await symlink(path.join(before ?? path.join(homedir(), '.cache'), 'strata', 'mariadb'), path.join(home, 'strata', 'mariadb'));
  process.env.XDG_CACHE_HOME = home;
});
afterAll(async () => {
  if (before === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = before;
  await rm(home, { recursive: true });
});

it('a database starts in a cache folder with spaces in its path', async () => {
  const server = await ownWarehouse();
  const connection = await createConnection(server.url);
  expect(await connection.query('select 1 as one')).toMatchObject([[{ one: 1 }], {}]);
  await connection.end();
  await server.close();
});

it.each(['/home/ada/a.sh', '/home/two words/a.sh', "/home/it's/$HOME/`x`.sh"])('a shell takes %s for one word', (file) => {
  expect(execFileSync('sh', ['-c', `printf %s ${shellQuoted(file)}`], { encoding: 'utf8' })).toBe(file);
});
