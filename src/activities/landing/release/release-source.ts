import type { SourceState } from '../../../contracts/activities/landing.js';
import { archiveFolderOf } from '../../../engine/folders/archive-folder.js';
import { releaseKindOf, type ReleaseKind } from '../../../engine/definition/release.js';
import type { ObjectStore } from '../../../engine/object-store.js';
import { quarantineFolderOf } from '../../../engine/folders/quarantine-folder.js';
import type { LandDeps } from '../land-deps.js';
import type { Load } from '../../../gear/loads/load-row.js';
import { releaseLoad } from '../../../gear/loads/load-states.js';
import { pipelineOf } from '../../pipeline-set.js';
import { isReleaseDue, releaseDelayOf } from './release-time.js';

/** Bytes. */
const longestKey = 1_024;

/**
 * Deletes a landed load's object, if it is still the version that was loaded. Moves it to the load's folder in `quarantine/` if the file
 * was refused, or has a row that is too long for gear.quarantine. An object that is no longer there counts as deleted: when it is seen
 * again, it is a new delivery. Depending on the definition, the object is archived or kept instead, or released later. Repeating it is
 * harmless.
 */
export async function releaseSource(deps: LandDeps, load: Load, signal: AbortSignal): Promise<SourceState> {
  const { loadId, sourceState, state, pipeline } = load;
  if (sourceState !== 'present' || state === 'claimed') return sourceState;
  const { definition } = await pipelineOf(deps.pipelines, pipeline, deps.warehouse);
  const delay = await releaseDelayOf(deps, definition);
  if (delay > 0 && !(await isReleaseDue(deps.warehouse, loadId, delay))) return 'present';
  const source = await release(deps, load, releaseKindOf(definition), signal);
  await releaseLoad(deps.warehouse, loadId, source);
  return source;
}

async function release(deps: LandDeps, load: Load, kind: ReleaseKind, signal: AbortSignal): Promise<SourceState> {
  if (kind === 'keep') return 'kept';
  const store = deps.stores.open(load.storeUrl);
  const [place, released] = load.moveSource
    ? ([quarantineFolderOf(load), 'moved'] as const)
    : kind === 'archive'
      ? ([archiveFolderOf(load.landedAt), 'archived'] as const)
      : ([undefined, 'deleted'] as const);
  const outcome =
    place === undefined
      ? await store.remove(load.object, signal)
      : await store.move(load.object, keyIn(store, place, load.object.key), signal);
  switch (outcome) {
    case 'removed':
      return released;
    case 'gone':
      return 'gone';
    case 'replaced':
      return 'replaced';
  }
}

/**
 * The same key in that folder of the store. If it becomes longer than S3 allows, the folders are cut off, and then the middle of the name,
 * because patterns of feeds go by the beginning and the end of names.
 */
export function keyIn(store: ObjectStore, place: string, key: string): string {
  const folder = store.wholeKey(place);
  const whole = folder + store.relativeKey(key);
  if (Buffer.byteLength(whole) <= longestKey) return whole;
  const name = [...key.slice(key.lastIndexOf('/') + 1)];
  while (name.length > 1 && Buffer.byteLength(folder + name.join('')) > longestKey) name.splice(Math.ceil(name.length / 2), 1);
  return folder + name.join('');
}
