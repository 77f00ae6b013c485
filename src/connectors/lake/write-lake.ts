import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { manifestKey, type LakeObject } from '../../contracts/lake/manifest.js';
import { TakenAwayError, type ObjectStore } from '../../engine/object-store.js';
import { StrataError } from '../../engine/strata-error.js';
import { manifestText } from './read-lake.js';

/** A finished object on the worker's disk. */
export interface Part {
  readonly file: string;
  /** Without a header. */
  readonly rows: number;
  /** Of the file as it is. */
  readonly bytes: number;
  /** Of the file, hexadecimal. */
  readonly sha256: string;
}

/** How often another attempt may take away what this one brings in, before that is an error. */
const mostTries = 5;

/**
 * Puts an object where nothing is, and says false where something is, which stays. What an attempt that died had not brought in whole goes
 * before. One that is alive loses the same once, and brings it in again: so of attempts at the same time each gets through.
 */
export async function bringIn(lake: ObjectStore, key: string, file: string, signal?: AbortSignal): Promise<boolean> {
  await lake.dropStaged(key, signal);
  for (let attempt = 1; ; attempt += 1)
    try {
      return await lake.writeNew(key, file, signal);
    } catch (error) {
      if (!(error instanceof TakenAwayError) || attempt === mostTries) throw error;
    }
}

/**
 * Puts an object at the first part that is free, for what an attempt that died has left stays as it is. Only what such an attempt had not
 * brought in whole is taken away.
 */
export async function putObject(
  lake: ObjectStore,
  keyOf: (part: number) => string,
  first: number,
  { file, rows, bytes, sha256 }: Part,
  signal?: AbortSignal,
): Promise<{ readonly object: LakeObject; readonly next: number }> {
  for (let part = first; ; part += 1) {
    const key = keyOf(part);
    if (await bringIn(lake, key, file, signal)) return { object: { key, rows, bytes, sha256 }, next: part + 1 };
  }
}

/**
 * Writes the manifest of a run where there is none, which makes the run exist. Whatever the store answers, or does not, what is there then
 * counts: throws `contention` where another attempt was first, and what the store said where nothing is there.
 */
export async function putManifest(
  lake: ObjectStore,
  folder: string,
  { run, text }: { readonly run: number; readonly text: string },
  signal?: AbortSignal,
): Promise<void> {
  const file = join(folder, 'manifest.json');
  await writeFile(file, text);
  let failure: unknown;
  try {
    if (await bringIn(lake, manifestKey(run), file, signal)) return;
  } catch (error) {
    signal?.throwIfAborted();
    failure = error;
  }
  const there = await manifestText(lake, run, signal);
  if (there === text) return;
  if (there === undefined) throw failure ?? new StrataError('unavailable', `${manifestKey(run)} in ${lake.url} was taken away`);
  throw new StrataError('contention', `another attempt has written run ${run} into ${lake.url}. The next one goes on from it`);
}

/** Throws `misconfigured` where the last run that this warehouse knows is not in the lake: then the address is another one's. */
export async function requireLastRun(
  lake: ObjectStore,
  run: number,
  isSame: (text: string) => boolean,
  signal?: AbortSignal,
): Promise<void> {
  if (run === 0) return;
  const text = await manifestText(lake, run, signal);
  if (text !== undefined && isSame(text)) return;
  throw new StrataError(
    'misconfigured',
    `${lake.url} ${text === undefined ? 'lacks' : 'has another'} ${manifestKey(run)}, and this warehouse knows of run ${run}. Check the address of the lake, or restore its objects`,
  );
}
