import type { Statements, Transaction } from '../../engine/warehouse.js';

/** What a load of a feed of snapshots says of keys that it lacks. */
export interface SnapshotPlace {
  /** They are deleted: every row of its file is good, and it is not a part of an earlier file. */
  readonly isWhole: boolean;
  /** A person has accepted that it deletes so many keys. */
  readonly isAccepted: boolean;
}

export async function snapshotPlace(statements: Statements, loadId: number): Promise<SnapshotPlace> {
  const [row] = await statements.query<{ is_whole: number; is_accepted: number }>(
    `select l.rows_quarantined = 0 and (c.load_id is null or first_load.state = 'refused') as is_whole, a.load_id is not null as is_accepted
     from gear.loads l
     left join gear.corrections c on c.load_id = l.load_id
     left join gear.loads first_load on first_load.load_id = c.first_load_id
     left join gear.accepted_deletions a on a.load_id = l.load_id
     where l.load_id = ?`,
    [loadId],
  );
  return { isWhole: Number(row?.is_whole) === 1, isAccepted: Number(row?.is_accepted) === 1 };
}

/** Notes that a load said which keys an entity has, unless a later one has said so already. */
export async function saveSnapshot(
  transaction: Transaction,
  { loadId, entity }: { readonly loadId: number; readonly entity: string },
): Promise<void> {
  await transaction.execute(
    `insert into gear.snapshots (pipeline, entity, feed, load_id)
     select l.pipeline, ?, l.feed, l.load_id
     from gear.loads l
     left join gear.snapshots known on known.pipeline = l.pipeline and known.entity = ? and known.feed = l.feed
     left join gear.loads latest on latest.load_id = known.load_id
     where l.load_id = ? and (latest.load_id is null or (latest.delivery_order, latest.load_id) < (l.delivery_order, l.load_id))
     on duplicate key update load_id = l.load_id`,
    [entity, entity, loadId],
  );
}

/** Counts the keys that a load deleted because its file lacks them. */
export async function countAbsent(
  transaction: Transaction,
  { loadId, entity, absent }: { readonly loadId: number; readonly entity: string; readonly absent: number },
): Promise<void> {
  await transaction.execute('insert into gear.load_deletions (load_id, entity, absent) values (?, ?, ?)', [loadId, entity, absent]);
}
