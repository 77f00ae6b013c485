import type { ObjectStore } from '../../engine/object-store.js';
import { partsAt, placeOf, type ExportPart } from '../../gear/outputs/export-parts.js';
import type { WrittenFile } from '../../gear/outputs/exports.js';
import type { Statements } from '../../engine/warehouse.js';
import { isThere } from './replace-parts.js';

/** Whether the files of a place still lie where they were put, as they were, each of one version with the others. */
export async function areInPlace(store: ObjectStore, known: readonly ExportPart[], signal: AbortSignal): Promise<boolean> {
  if (known.length === 0) return false;
  for (const { key, put, isChanging } of known) if (isChanging || !put || !(await isThere(store, key, put, signal))) return false;
  return true;
}

/** Whether all files that an export wrote last are as it wrote them. Somebody may have removed or replaced one since. */
export async function isFileInPlace(
  statements: Pick<Statements, 'query'>,
  store: ObjectStore,
  { storeUrl, key }: WrittenFile,
  signal: AbortSignal,
): Promise<boolean> {
  return areInPlace(store, await partsAt(statements, placeOf(storeUrl, key)), signal);
}
