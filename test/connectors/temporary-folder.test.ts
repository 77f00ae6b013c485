import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { nameOf, ownProcess, removeAbandoned } from '../../src/connectors/abandoned-folders.js';
import { inTemporaryFolder } from '../../src/connectors/temporary-folder.js';

const folder = mkdtempSync(join(tmpdir(), 'strata-temporary-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('goes when its work has ended or failed, and one inside of another stays meanwhile', async () => {
  const made: string[] = [];
  await inTemporaryFolder('export', async (outer) => {
    writeFileSync(join(outer, 'rows.csv'), '1\n');
    await inTemporaryFolder('tried', () => Promise.resolve());
    expect(readdirSync(outer)).toEqual(['rows.csv']);
    made.push(outer);
  });
  const failing = inTemporaryFolder('export', (path) => {
    made.push(path);
    return Promise.reject(new Error('it failed'));
  });
  await expect(failing).rejects.toThrow('it failed');
  expect(made.map(existsSync)).toEqual([false, false]);
});

it('takes away what processes have left that are gone, and nothing else', async () => {
  const own = await ownProcess();
  // Only Linux tells.
  if (own === undefined) return;
  const made = (name: string) => {
    mkdirSync(join(folder, name, 'parts'), { recursive: true });
    return name;
  };
  const stays = [
    `strata-export-${nameOf(own)}-AbCdEf`,
    `strata-export-${nameOf({ ...own, scope: '0123abcd.1', pid: 1, began: '0' })}-AbCdEf`,
    'strata-export-AbCdEf',
    'strata-lab-1',
    `somebody-export-${nameOf({ ...own, began: '0' })}-AbCdEf`,
  ].map(made);
  // The ids of processes have four million at most.
  made(`strata-export-${nameOf({ ...own, pid: 5_000_000 })}-AbCdEf`);
  made(`strata-extract-${nameOf({ ...own, began: '0' })}-AbCdEf`);
  await removeAbandoned(own, folder);
  expect(readdirSync(folder).sort()).toEqual(stays.sort());
});
