import { readManifest } from '../../connectors/lake/read-lake.js';
import { requireLastRun } from '../../connectors/lake/write-lake.js';
import type { ObjectStore } from '../../engine/object-store.js';
import type { Warehouse } from '../../engine/warehouse.js';
import { commitRun, digestOf } from '../../gear/extracts/commit-run.js';
import type { ExtractRef } from '../../gear/extracts/extract-state.js';

/**
 * Brings the warehouse to the runs that the lake has: a run is there once its manifest is, whether the one that wrote it lived to note it or
 * not. Returns the runs that were taken over. Refuses a lake that lacks the last known run.
 */
export async function followLake(
  warehouse: Warehouse,
  lake: ObjectStore,
  extract: ExtractRef,
  signal?: AbortSignal,
): Promise<readonly number[]> {
  const { run, manifestSha256 } = extract;
  await requireLastRun(lake, run, (text) => digestOf(text) === manifestSha256, signal);
  const taken: number[] = [];
  for (let next = run + 1; ; next += 1) {
    const read = await readManifest(lake, next, signal);
    if (!read) return taken;
    await commitRun(warehouse, extract, read, signal);
    taken.push(next);
  }
}
