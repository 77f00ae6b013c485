import { mkdtempSync, rmSync } from 'node:fs';
import { appendFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { watchFolder } from '../../../src/serve/events/watch-folder.js';
import { listenedSignal } from '../../connectors/listened-signal.js';
import { until } from '../../support/until.js';

describe('a watched folder', () => {
  let folder: string;
  let ending: AbortController;
  let seen: string[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'strata-watch-'));
    ending = new AbortController();
    seen = [];
  });
  afterEach(() => {
    ending.abort();
    rmSync(folder, { recursive: true, force: true });
  });
  const watching = (failures: unknown[] = []) =>
    watchFolder(
      folder,
      {
        times: { quietSeconds: 2, unfinishedSeconds: 2 },
        isWanted: (path) => path.startsWith('raw/'),
        onFile: (name) => seen.push(name),
        onGap: () => seen.push('gap'),
        onFailure: (error) => failures.push(error),
      },
      ending.signal,
    );

  it('tells of files once nobody writes to them any more, of those that went away never', async () => {
    watching();
    await writeFile(join(folder, 'gone.csv'), 'x');
    await writeFile(join(folder, '.hidden.csv'), 'x');
    await mkdir(join(folder, 'folder.csv'));
    await writeFile(join(folder, 'growing.csv'), 'x');
    await rm(join(folder, 'gone.csv'));
    await writeFile(join(folder, '.tmp'), 'x');
    await rename(join(folder, '.tmp'), join(folder, 'renamed.csv'));
    for (let count = 0; count < 3; count += 1) {
      await sleep(1_000);
      expect(seen).not.toContain('growing.csv');
      await appendFile(join(folder, 'growing.csv'), 'x');
    }
    await until(() => seen.length >= 2);
    // What is told of against the contract would come by then.
    await sleep(1_000);
    expect([...seen].sort()).toEqual(['growing.csv', 'renamed.csv']);
  });

  it('tells of files in folders below it that matter, which may come later or take the place of another', async () => {
    await mkdir(join(folder, 'raw', 'before'), { recursive: true });
    await writeFile(join(folder, 'raw', 'before', 'old.csv'), 'x');
    watching();
    // A watch is in place after a moment, which nothing tells.
    await until(async () => {
      await writeFile(join(folder, 'raw', 'before', 'new.csv'), 'x');
      await sleep(3_000);
      return seen.includes('raw/before/new.csv');
    });
    await mkdir(join(folder, 'other'));
    await writeFile(join(folder, 'other', 'users.csv'), 'x');
    await mkdir(join(folder, 'raw', 'after', 'deep'), { recursive: true });
    await writeFile(join(folder, 'raw', 'after', 'deep', 'users.csv'), 'x');
    await until(() => seen.includes('raw/after/deep/users.csv'));
    await mkdir(join(folder, '.next', 'deep'), { recursive: true });
    await writeFile(join(folder, '.next', 'deep', 'games.csv'), 'x');
    await rename(join(folder, 'raw', 'after'), join(folder, '.former'));
    await rename(join(folder, '.next'), join(folder, 'raw', 'after'));
    await until(() => seen.includes('raw/after/deep/games.csv'));
    await writeFile(join(folder, 'raw', 'after', 'deep', 'payments.csv'), 'x');
    await until(() => seen.includes('raw/after/deep/payments.csv'));
    expect(new Set(seen)).toEqual(
      new Set(['raw/before/new.csv', ...['users', 'games', 'payments'].map((name) => `raw/after/deep/${name}.csv`)]),
    );
  });

  it('has any number of folders, of which none is taken for a leak', async () => {
    const { state } = listenedSignal(ending);
    for (let number = 0; number < 16; number += 1) await mkdir(join(folder, 'raw', `${number}`), { recursive: true });
    watching();
    await until(() => state().listeners > 16);
    expect(state().leaks).toBe(false);
  });

  it('that is not there is told of, and ends nothing', async () => {
    const failures: unknown[] = [];
    rmSync(folder, { recursive: true });
    watching(failures);
    await until(() => failures.length > 0);
    expect(failures).toHaveLength(1);
    expect(seen).toEqual([]);
  });
});
