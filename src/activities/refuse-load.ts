import type { BadHeader } from '../engine/scan/header-reader.js';
import { identifier } from '../engine/sql/identifier.js';
import type { Transaction, Warehouse } from '../engine/warehouse.js';
import type { Load } from './load-row.js';
import { quarantineRejects } from './quarantine-rejects.js';
import type { ActivityScope } from './run-activity.js';

/** A file whose header is no header of the feed: one entry in quarantine, no rows; its object is moved, not deleted. */
export async function refuseLoad(warehouse: Warehouse, load: Load, header: BadHeader, scope: ActivityScope): Promise<void> {
  await warehouse.transaction(async (transaction) => {
    if (!(await stillClaimed(transaction, load.loadId))) return;
    const { lineNumber, raw } = header;
    await quarantineRejects(transaction, load, [{ lineNumber, rowOffset: 0, rowBytes: load.object.size, reasons: ['bad_header'], raw }]);
    await transaction.execute(`update gear.load_chunks set state = 'staged', end_offset = 0, committed_at = utc_timestamp(6) where load_id = ?`, [load.loadId]);
    await transaction.execute(`update gear.loads set state = 'refused', move_source = true where load_id = ?`, [load.loadId]);
  }, scope);
  scope.log.warn(`refused load ${load.loadId}: ${header.problem}`);
}

/** The object was replaced or vanished before it was read whole: no row of the half-read version stays. */
export async function dropHalfRead(warehouse: Warehouse, load: Load, change: 'replaced' | 'gone', signal: AbortSignal): Promise<void> {
  await warehouse.transaction(
    async (transaction) => {
      if (!(await stillClaimed(transaction, load.loadId))) return;
      await transaction.execute(`delete from staging.${identifier(load.feed)} where load_id = ?`, [load.loadId]);
      await transaction.execute('delete from gear.quarantine where load_id = ?', [load.loadId]);
      await transaction.execute('delete from gear.load_chunks where load_id = ?', [load.loadId]);
      await transaction.execute(
        `update gear.loads
         set state = ?, source_state = if(kind = 'backfill', source_state, ?), rows_staged = 0, rows_quarantined = 0, bytes_read = 0, move_source = false
         where load_id = ?`,
        [change, change, load.loadId],
      );
    },
    { signal },
  );
}

/** Takes the chunks' rows before the load's, as a landing chunk does, so that twins wait for one another instead of deadlocking. */
export async function stillClaimed(transaction: Transaction, loadId: number): Promise<boolean> {
  await transaction.query('select chunk_number from gear.load_chunks where load_id = ? for update', [loadId]);
  const [row] = await transaction.query<{ state: string }>('select state from gear.loads where load_id = ? for update', [loadId]);
  return row?.state === 'claimed';
}
