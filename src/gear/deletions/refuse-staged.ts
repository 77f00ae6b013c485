import type { Transaction } from '../../engine/warehouse.js';
import { readLoad } from '../loads/load-row.js';
import { quarantineRejects } from '../loads/quarantine.js';

/** In quarantine: the file would delete more keys than its feed allows. */
export const tooManyDeletions = 'too_many_deletions';

export interface RefusedSnapshot {
  readonly loadId: number;
  readonly problem: string;
}

/**
 * Refuses a staged load as a whole; its rows stay in staging until somebody accepts it. A duplicate attempt may have done so, or a later
 * one processed it: then nothing is changed. Returns whether it was refused now.
 */
export async function refuseStaged(transaction: Transaction, { loadId, problem }: RefusedSnapshot): Promise<boolean> {
  await transaction.query('select load_id from gear.loads where load_id = ? for update', [loadId]);
  const load = await readLoad(transaction, loadId);
  if (load.state !== 'staged') return false;
  await transaction.execute(`update gear.loads set state = 'refused', batch_number = null, load_datetime = null where load_id = ?`, [
    loadId,
  ]);
  await transaction.execute('insert into gear.refusals (load_id, problem) values (?, ?)', [loadId, problem]);
  await quarantineRejects(transaction, load, [
    { lineNumber: 1, rowOffset: 0, rowBytes: load.object.size, reasons: [tooManyDeletions], raw: Buffer.alloc(0) },
  ]);
  return true;
}

/** Whether a load waits in staging because it would delete too many keys; not any more once a later snapshot was processed. */
export async function isRefusedSnapshot(transaction: Pick<Transaction, 'query'>, loadId: number): Promise<boolean> {
  const found = await transaction.query(
    `select q.load_id from gear.quarantine q join gear.loads l on l.load_id = q.load_id
     where q.load_id = ? and q.reasons = ? and l.state = 'refused' and l.pruned_at is null`,
    [loadId, tooManyDeletions],
  );
  return found.length > 0;
}

/** Lets a refused snapshot be processed, at its place in the order of deliveries, whatever it deletes. */
export async function acceptDeletions(transaction: Transaction, loadId: number): Promise<void> {
  await transaction.execute(
    'insert into gear.accepted_deletions (load_id, accepted_at) values (?, utc_timestamp(6)) on duplicate key update load_id = load_id',
    [loadId],
  );
  const { affectedRows } = await transaction.execute(`update gear.loads set state = 'staged' where load_id = ? and state = 'refused'`, [
    loadId,
  ]);
  if (affectedRows === 0) return;
  await transaction.execute('delete from gear.refusals where load_id = ?', [loadId]);
  await transaction.execute('delete from gear.quarantine where load_id = ? and reasons = ?', [loadId, tooManyDeletions]);
}
