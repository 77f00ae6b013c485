import type { ReleaseResult, SourceState } from '../contracts/activities.js';
import type { ObjectStore } from '../engine/object-store.js';
import { quarantineFolderOf } from '../engine/quarantine-folder.js';
import type { LandDeps } from './land-deps.js';
import { readLoad, type Load } from './load-row.js';

/** Bytes. */
const longestKey = 1_024;

/**
 * Deletes a landed load's object as the version that was loaded, or moves it to the load's folder in `quarantine/` when rows or all
 * of it could not be kept elsewhere. Repeating it is harmless. An object that is there no more counts as deleted: when
 * it is seen again, it is a new delivery.
 */
export async function releaseSource(deps: LandDeps, loadId: number, signal: AbortSignal): Promise<ReleaseResult> {
  const load = await readLoad(deps.warehouse, loadId);
  if (load.sourceState !== 'present' || load.state === 'claimed') return { source: load.sourceState };
  const source = await release(deps, load, signal);
  await deps.warehouse.execute(
    `update gear.loads set source_state = ?, released_at = utc_timestamp(6) where load_id = ? and source_state = 'present'`,
    [source, loadId],
  );
  return { source };
}

async function release(deps: LandDeps, load: Load, signal: AbortSignal): Promise<SourceState> {
  const store = deps.stores.open(load.storeUrl);
  const outcome = load.moveSource
    ? await store.move(load.object, quarantineKey(store, load), signal)
    : await store.remove(load.object, signal);
  switch (outcome) {
    case 'removed':
      return load.moveSource ? 'moved' : 'deleted';
    case 'gone':
      return 'gone';
    case 'replaced':
      return 'replaced';
  }
}

/** The name in the load's quarantine folder; one that makes the key longer than S3 takes loses its middle: feeds know files by how they begin and end. */
export function quarantineKey(store: ObjectStore, { object: { key }, ...load }: Pick<Load, 'loadId' | 'identity' | 'object'>): string {
  const folder = store.wholeKey(quarantineFolderOf(load));
  const name = [...key.slice(key.lastIndexOf('/') + 1)];
  while (name.length > 1 && Buffer.byteLength(folder + name.join('')) > longestKey) name.splice(Math.ceil(name.length / 2), 1);
  return folder + name.join('');
}
