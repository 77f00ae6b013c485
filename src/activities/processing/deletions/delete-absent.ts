import type { EntityLoad } from '../../../engine/bulk/entity-loads.js';
import type { SnapshotDeletes } from '../../../engine/bulk/deletes.js';
import type { Transaction } from '../../../engine/warehouse.js';
import type { Batch, BatchLoad } from '../../../gear/batches.js';
import { countAbsent, saveSnapshot, snapshotPlace } from '../../../gear/deletions/snapshots.js';
import { notePartitions } from '../../../gear/partition-changes.js';
import { TooManyDeletionsError } from './too-many-deletions-error.js';

/**
 * Records what a load's snapshot deletes of an entity, after its rows were merged: the keys of earlier deliveries that it lacks. Returns
 * their number. Throws TooManyDeletionsError where that is a greater share than the definition allows and nobody accepted it.
 */
export async function recordAbsent(
  transaction: Transaction,
  batch: Batch,
  { loadId }: BatchLoad,
  { entity, bulk }: Pick<EntityLoad, 'entity' | 'bulk'>,
  snapshot: SnapshotDeletes,
): Promise<number> {
  const { isWhole, isAccepted } = await snapshotPlace(transaction, loadId);
  if (!isWhole) return 0;
  const [count] = await transaction.query<{ missing: number | string; held: number | string }>(snapshot.count, [loadId, loadId]);
  const [missing, held] = [Number(count?.missing ?? 0), Number(count?.held ?? 0)];
  if (!isAccepted && missing > held * snapshot.refuseAbove)
    throw new TooManyDeletionsError({ loadId, table: bulk, missing, held, refuseAbove: snapshot.refuseAbove });
  await saveSnapshot(transaction, { loadId, entity });
  if (missing === 0) return 0;
  const { affectedRows: absent } = await transaction.execute(snapshot.record, [batch.number, loadId]);
  await countAbsent(transaction, { loadId, entity, absent });
  const dates = await transaction.query<{ partition_date: string }>(snapshot.findPartitions, [batch.number, loadId]);
  await notePartitions(
    transaction,
    batch,
    entity,
    dates.map(({ partition_date: date }) => date),
  );
  return absent;
}
