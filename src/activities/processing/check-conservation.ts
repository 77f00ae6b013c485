import type { EntityLoad } from '../../engine/bulk/entity-loads.js';
import { StrataError } from '../../engine/strata-error.js';
import type { Transaction } from '../../engine/warehouse.js';
import type { Batch } from '../../gear/batches.js';

const shownLoads = 5;

/**
 * Rows in the file = staged + quarantined is landing's; staged = inserted + updated + unchanged + superseded + outdated + left out +
 * deleted is checked here for each load, and that every key inserted, updated or deleted has its change. All are counted where they are, so that rows which some statement
 * left out stop the batch before anything of it is committed.
 */
export async function checkConservation(transaction: Transaction, batch: Batch, load: EntityLoad, changes: number): Promise<void> {
  const loadIds = batch.loads.map(({ loadId }) => loadId);
  const counts = await transaction.query<{ load_id: number; counted: number | string; changed: number | string }>(
    `select n.load_id, inserted + updated + unchanged + superseded + outdated + left_out + coalesce(d.deleted, 0) as counted,
       inserted + updated + coalesce(d.deleted + d.absent, 0) as changed
     from gear.load_counts n
     left join gear.load_deletions d on d.load_id = n.load_id and d.entity = n.entity
     where n.entity = ? and n.load_id in (${loadIds.map(() => '?').join(', ')})`,
    [load.entity, ...loadIds],
  );
  const counted = new Map(counts.map((row) => [Number(row.load_id), Number(row.counted)]));
  const wrong = batch.loads.filter(({ loadId, rowsStaged }) => counted.get(loadId) !== rowsStaged);
  if (wrong.length > 0) {
    const shown = wrong
      .slice(0, shownLoads)
      .map(({ loadId, rowsStaged }) => `load ${loadId} staged ${rowsStaged} rows, ${counted.get(loadId) ?? 0} were counted`);
    const more = wrong.length > shown.length ? `; and ${wrong.length - shown.length} more loads` : '';
    throw notConserved(batch, load, `${shown.join('; ')}${more}`);
  }
  const changed = counts.reduce((sum, row) => sum + Number(row.changed), 0);
  if (changed !== changes)
    throw notConserved(batch, load, `${changed} keys were inserted, updated or deleted, ${changes} changes were recorded`);
}

function notConserved({ feed, number }: Batch, { staging, bulk }: EntityLoad, numbers: string): StrataError {
  return new StrataError(
    'invariant',
    `batch ${number} of ${feed} does not add up in ${bulk}: ${numbers}. Nothing of it was committed. ` +
      `Was ${staging} changed by hand, or does the server limit statements (sql_select_limit)? Run: strata doctor`,
  );
}
