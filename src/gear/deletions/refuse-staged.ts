import type { FileReason } from '../../engine/read/reject.js';
import type { Transaction } from '../../engine/warehouse.js';
import { readLoad } from '../loads/load-row.js';
import { quarantineRejects } from '../loads/quarantine.js';

/** In quarantine: the file would delete more keys than its feed allows. */
export const tooManyDeletions: FileReason = 'too_many_deletions';

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

/** SQL that is true of a load `l` of snapshots behind which a later one was processed: that says which keys there are. */
export const isSuperseded = `exists (
         select 1 from gear.snapshots s join gear.loads later on later.load_id = s.load_id
         where s.pipeline = l.pipeline and s.feed = l.feed and (later.delivery_order, later.load_id) > (l.delivery_order, l.load_id)
       )`;

/**
 * What became of a load that was refused because it would delete too many keys: it waits in staging, or nobody can want it any more, as a
 * later snapshot was processed. Undefined for other loads.
 */
export async function refusedSnapshot(
  statements: Pick<Transaction, 'query'>,
  loadId: number,
): Promise<'waiting' | 'superseded' | undefined> {
  const [found] = await statements.query<{ superseded: number }>(
    `select l.pruned_at is not null or ${isSuperseded} as superseded
     from gear.quarantine q join gear.loads l on l.load_id = q.load_id
     where q.load_id = ? and q.reasons = ? and l.state = 'refused' limit 1`,
    [loadId, tooManyDeletions],
  );
  return found && (Number(found.superseded) === 1 ? 'superseded' : 'waiting');
}

/**
 * Lets a refused snapshot be processed, at its place in the order of deliveries, whatever it deletes. Does nothing unless it waits, and
 * returns what `refusedSnapshot` says of it, or that it was accepted before. The feed's group is locked first, so that no later snapshot is
 * processed meanwhile.
 */
export async function acceptDeletions(
  transaction: Transaction,
  loadId: number,
): Promise<Awaited<ReturnType<typeof refusedSnapshot>> | 'accepted'> {
  const [group] = await transaction.query<{ pipeline: string; feed_group: string }>(
    `select f.pipeline, f.feed_group from gear.loads l join gear.feeds f on f.pipeline = l.pipeline and f.feed = l.feed where l.load_id = ?`,
    [loadId],
  );
  await transaction.query('select batch_number from gear.feeds where pipeline = ? and feed = ? for update', [
    group?.pipeline ?? '',
    group?.feed_group ?? '',
  ]);
  const refused = await refusedSnapshot(transaction, loadId);
  if (refused === undefined && (await isAccepted(transaction, loadId))) return 'accepted';
  if (refused !== 'waiting') return refused;
  await transaction.execute(
    'insert into gear.accepted_deletions (load_id, accepted_at) values (?, utc_timestamp(6)) on duplicate key update load_id = load_id',
    [loadId],
  );
  await transaction.execute(`update gear.loads set state = 'staged' where load_id = ?`, [loadId]);
  await transaction.execute('delete from gear.refusals where load_id = ?', [loadId]);
  await transaction.execute('delete from gear.quarantine where load_id = ? and reasons = ?', [loadId, tooManyDeletions]);
  return refused;
}

async function isAccepted(transaction: Transaction, loadId: number): Promise<boolean> {
  return (await transaction.query('select load_id from gear.accepted_deletions where load_id = ?', [loadId])).length > 0;
}
