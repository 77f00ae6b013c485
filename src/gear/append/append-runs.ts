import type { FeedRef } from '../../contracts/activities/refs.js';
import { qualifiedName } from '../../engine/sql/create-table.js';
import { StrataError } from '../../engine/strata-error.js';
import type { Transaction, Warehouse, WorkOptions } from '../../engine/warehouse.js';

/** Rows of an append entity that one transaction brings. */
export interface AppendRun {
  readonly pipeline: string;
  readonly entity: string;
  readonly loadId: number;
  readonly chunkNumber: number;
  readonly rows: number;
}

const rowsAtOnce = 20_000;

/** Begins a run in the transaction that brings its rows; returns its number, which no other run ever has. */
export async function beginRun(transaction: Transaction, { pipeline, entity, loadId, chunkNumber, rows }: AppendRun): Promise<number> {
  await transaction.execute(
    'insert into gear.append_runs (pipeline, entity, load_id, chunk_number, row_count, landed_at) values (?, ?, ?, ?, ?, utc_timestamp(6))',
    [pipeline, entity, loadId, chunkNumber, rows],
  );
  const [row] = await transaction.query<{ run: number }>('select last_insert_id() as run');
  const run = Number(row?.run);
  if (!(run > 0))
    throw new StrataError('invariant', `the server gave no number to a run of load ${loadId}. Nothing was kept. Run: strata doctor`);
  return run;
}

/** The number of rows that a load brought so far, whether or not they count yet. */
export async function appendedRowCount(transaction: Transaction, loadId: number): Promise<number> {
  const [row] = await transaction.query<{ row_count: number | string | null }>(
    'select sum(row_count) as row_count from gear.append_runs where load_id = ?',
    [loadId],
  );
  return Number(row?.row_count ?? 0);
}

/** The number of rows that a load brought; throws `invariant` where they don't count yet. */
export async function visibleRows(transaction: Transaction, loadId: number): Promise<number> {
  const [row] = await transaction.query<{ row_count: number | string }>(
    `select coalesce(sum(r.row_count), 0) as row_count from gear.append_loads l left join gear.append_runs r on r.load_id = l.load_id
     where l.load_id = ? and l.state = 'visible' group by l.load_id`,
    [loadId],
  );
  if (!row)
    throw new StrataError('invariant', `load ${loadId} is staged, but its rows don't count yet. Nothing was committed. Run: strata doctor`);
  return Number(row.row_count);
}

/** Deletes the rows of a feed's dropped runs from the tables, in batches that commit one by one; returns their number. */
export async function deleteDropped(
  warehouse: Warehouse,
  { pipeline, feed }: FeedRef,
  { tables, signal, onRows }: WorkOptions & { readonly tables: readonly string[]; readonly onRows: (rows: number) => void },
): Promise<number> {
  const runs = await warehouse.query<{ run: number }>('select run from gear.dropped_runs where pipeline = ? and feed = ? order by run', [
    pipeline,
    feed,
  ]);
  let total = 0;
  for (const { run } of runs) {
    for (const table of tables) {
      for (let deleted = rowsAtOnce; deleted === rowsAtOnce; total += deleted) {
        signal?.throwIfAborted();
        ({ affectedRows: deleted } = await warehouse.execute(
          `delete from ${qualifiedName(table)} where run = ? order by run limit ${rowsAtOnce}`,
          [run],
        ));
        onRows(total + deleted);
      }
    }
    await warehouse.execute('delete from gear.dropped_runs where run = ?', [run]);
  }
  return total;
}
