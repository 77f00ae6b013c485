import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { manifestText, readManifest } from '../../connectors/lake/read-lake.js';
import { manifestKey, objectKey, writeManifest, type LakeManifest, type LakeObject } from '../../contracts/lake/manifest.js';
import type { ObjectStore } from '../../engine/object-store.js';
import { StrataError } from '../../engine/strata-error.js';
import type { Warehouse } from '../../engine/warehouse.js';
import { commitRun, digestOf } from '../../gear/extracts/commit-run.js';
import type { ExtractRef } from '../../gear/extracts/extract-state.js';
import type { Part } from './part-writer.js';

/**
 * Brings the warehouse to the runs that the lake has: a run is there once its manifest is, whether the one that wrote it lived to note it or
 * not. Returns the runs that were taken over. Refuses a lake that lacks the last known run: then the address is another one's.
 */
export async function followLake(
  warehouse: Warehouse,
  lake: ObjectStore,
  extract: ExtractRef,
  signal?: AbortSignal,
): Promise<readonly number[]> {
  const { run, manifestSha256 } = extract;
  if (run > 0) {
    const text = await manifestText(lake, run, signal);
    if (text === undefined || digestOf(text) !== manifestSha256)
      throw new StrataError(
        'misconfigured',
        `${lake.url} ${text === undefined ? 'lacks' : 'has another'} ${manifestKey(run)}, and this warehouse knows of run ${run}. Check the address of the lake, or restore its objects`,
      );
  }
  const taken: number[] = [];
  for (let next = run + 1; ; next += 1) {
    const read = await readManifest(lake, next, signal);
    if (!read) return taken;
    await commitRun(warehouse, extract, read, signal);
    taken.push(next);
  }
}

/** Where an object goes: the first part of its run that is free, for what an attempt that died has left stays as it is. */
export async function putObject(
  lake: ObjectStore,
  place: { readonly table: string; readonly date: string; readonly run: number; readonly part: number },
  { file, rows, bytes, sha256 }: Part,
  signal?: AbortSignal,
): Promise<{ readonly object: LakeObject; readonly next: number }> {
  for (let { part } = place; ; part += 1) {
    const key = objectKey({ ...place, part });
    if (await lake.writeNew(key, file, signal)) return { object: { key, rows, bytes, sha256 }, next: part + 1 };
  }
}

/**
 * Writes the manifest where there is none, which makes the run exist. Whatever the store answers, or does not, what is there then counts:
 * throws `contention` where another attempt was first, and what the store said where nothing is there.
 */
export async function putManifest(lake: ObjectStore, folder: string, manifest: LakeManifest, signal?: AbortSignal): Promise<void> {
  const text = writeManifest(manifest);
  const file = join(folder, 'manifest.json');
  await writeFile(file, text);
  let failure: unknown;
  try {
    if (await lake.writeNew(manifestKey(manifest.run), file, signal)) return;
  } catch (error) {
    signal?.throwIfAborted();
    failure = error;
  }
  const there = await manifestText(lake, manifest.run, signal);
  if (there === text) return;
  if (there === undefined) throw failure ?? new StrataError('unavailable', `${manifestKey(manifest.run)} in ${lake.url} was taken away`);
  throw new StrataError('contention', `another attempt has written run ${manifest.run} into ${lake.url}. The next one goes on from it`);
}
