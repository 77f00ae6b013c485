import type { LandedFile } from '../connectors/temporal/landed-files.js';
import { utc } from '../contracts/format-times.js';
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

/** Of these files, those whose rows the warehouse does not have. Of a load that is only claimed, or found no file, no row is kept. */
export async function lostFiles(warehouse: Warehouse, landed: readonly LandedFile[]): Promise<LandedFile[]> {
  const known = new Set<number>();
  for (let from = 0; from < landed.length; from += page) {
    const ids = landed.slice(from, from + page).map(({ loadId }) => loadId);
    const rows = await warehouse.query<{ load_id: number }>(
      `select load_id from gear.loads where load_id in (${ids.map(() => '?').join(', ')}) and state not in ('claimed', 'gone', 'replaced')`,
      ids,
    );
    for (const { load_id: loadId } of rows) known.add(Number(loadId));
  }
  return landed.filter(({ loadId }) => !known.has(loadId));
}
