import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownProcess, nameOf, removeAbandoned } from './abandoned-folders.js';
import { StoreError } from '../engine/object-store.js';
import { codeOf, systemMeaning } from '../engine/system-errors.js';

/**
 * Calls `work` with a folder of its own on the worker's machine, which goes when the work has ended. Folders of processes that were killed
 * go when the next one is made (Linux). What the system refuses there is thrown as a StoreError that names the folder; errors of this
 * project pass through.
 */
export async function inTemporaryFolder<Result>(purpose: string, work: (folder: string) => Promise<Result>): Promise<Result> {
  try {
    const maker = await ownProcess();
    if (maker !== undefined) await removeAbandoned(maker, tmpdir());
    const folder = await mkdtemp(join(tmpdir(), `strata-${purpose}-${maker === undefined ? '' : `${nameOf(maker)}-`}`));
    try {
      return await work(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  } catch (error) {
    throw failure(error);
  }
}

function failure(error: unknown): unknown {
  const code = codeOf(error);
  const meaning = systemMeaning(code ?? '');
  // ENOENT: somebody cleaned up there; the next attempt has a new folder, where it can be made.
  if (code === undefined || (meaning === undefined && code !== 'ENOENT')) return error;
  const advice = meaning?.advice === undefined ? 'let the user that runs the worker write there' : meaning.advice;
  return new StoreError(
    meaning?.kind ?? 'unavailable',
    `the worker's folder for temporary files, ${tmpdir()}, can't be used (${code}): ${advice}. Another folder is named by TMPDIR of the worker`,
    { cause: error },
  );
}
