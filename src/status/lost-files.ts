import type { LandedFile } from '../connectors/temporal/landed-files.js';
import { utc } from '../contracts/format-times.js';
import type { ObjectStore } from '../engine/object-store.js';
import type { Warehouse } from '../engine/warehouse.js';

/** Ids asked for at once. */
const page = 1_000;
/** Temporal's clock and the warehouse's may differ by this, in milliseconds. */
const clockTolerance = 3_600_000;

/** What was landed before the last claim that the warehouse remembers, it remembers too. */
export async function lastClaim(warehouse: Warehouse): Promise<Date | undefined> {
  const [row] = await warehouse.query<{ last: string | null }>('select max(claimed_at) as last from gear.loads');
  const last = utc(row?.last);
  return last && new Date(last.getTime() - clockTolerance);
}

export interface LostFile extends LandedFile {
  /** Nobody knows what became of it, and an object of its name is in the source: most likely it is still the file itself. */
  readonly inSource?: true;
}

/**
 * Of the files that were landed, or may have been, those whose rows the warehouse does not have. Where nobody heard what became of a file,
 * it is lost when it is in the source no more; where the warehouse forgot even the load, one of its name may be another one.
 */
export async function lostFilesOf(warehouse: Warehouse, store: ObjectStore, landed: readonly LandedFile[]): Promise<LostFile[]> {
  const lost = await lostFiles(warehouse, landed);
  const claimed = await claimedLoads(warehouse, lost);
  const found: LostFile[] = [];
  for (const file of lost) {
    const inSource = file.outcome === 'unknown' && (await isInSource(store, file.object));
    if (!inSource) found.push(file);
    else if (!claimed.has(file.loadId)) found.push({ ...file, inSource });
  }
  // A landing that goes on may have come to its end between the two looks.
  const still = new Set((await lostFiles(warehouse, found)).map(({ loadId }) => loadId));
  return found.filter(({ loadId }) => still.has(loadId));
}

/** Only what the listing showed of its key is known, which may be its end. */
async function isInSource(store: ObjectStore, key: string): Promise<boolean> {
  try {
    return (await store.find(store.relativeKey(key))) !== undefined;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Of these files, those whose rows the warehouse does not have. Of a load that is only claimed, or found no file, no row is kept. */
async function lostFiles<File extends LandedFile>(warehouse: Warehouse, landed: readonly File[]): Promise<File[]> {
  const known = await loadsOf(warehouse, landed, `state not in ('claimed', 'gone', 'replaced')`);
  return landed.filter(({ loadId }) => !known.has(loadId));
}

async function claimedLoads(warehouse: Warehouse, files: readonly LandedFile[]): Promise<ReadonlySet<number>> {
  return loadsOf(warehouse, files, `state = 'claimed'`);
}

async function loadsOf(warehouse: Warehouse, files: readonly LandedFile[], condition: string): Promise<ReadonlySet<number>> {
  const known = new Set<number>();
  for (let from = 0; from < files.length; from += page) {
    const ids = files.slice(from, from + page).map(({ loadId }) => loadId);
    const rows = await warehouse.query<{ load_id: number }>(
      `select load_id from gear.loads where load_id in (${ids.map(() => '?').join(', ')}) and ${condition}`,
      ids,
    );
    for (const { load_id: loadId } of rows) known.add(Number(loadId));
  }
  return known;
}
