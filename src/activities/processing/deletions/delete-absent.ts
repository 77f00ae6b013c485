import type { EntityLoad } from '../../../engine/bulk/entity-loads.js';
import type { SnapshotDeletes } from '../../../engine/bulk/deletes.js';
import { StrataError } from '../../../engine/strata-error.js';
import type { Transaction } from '../../../engine/warehouse.js';
import type { Batch } from '../../../gear/batches.js';
import { countAbsent, saveSnapshot, snapshotPlace } from '../../../gear/deletions/snapshots.js';
import { notePartitions } from '../../../gear/partition-changes.js';
import { TooManyDeletionsError } from './too-many-deletions-error.js';

/** A load whose snapshot may delete keys, and of which entity. */
export interface Absence extends Pick<EntityLoad, 'entity' | 'bulk'> {
  readonly loadId: number;
  readonly snapshot: SnapshotDeletes;
}

/**
 * The number of keys that a load's snapshot deletes: those of earlier deliveries that it lacks. Undefined where it is not whole, and says
 * nothing of them. Throws TooManyDeletionsError where that is a greater share than the definition allows and nobody accepted it. It is asked
 * as early as it can be, for a merge is long and so is taking it back: before the merge, by the rows in the work table; of a load that was
 * appended, which has no key that was there, after it.
 */
export async function missingKeys(
  transaction: Transaction,
  { loadId, bulk, snapshot }: Absence,
  place: 'before' | 'appended',
): Promise<number | undefined> {
  const { isWhole, isAccepted } = await snapshotPlace(transaction, loadId);
  if (!isWhole) return undefined;
  const [sql, values] = place === 'before' ? [snapshot.countBefore, [loadId]] : [snapshot.countAppended, [loadId, loadId]];
  const [count] = await transaction.query<{ missing: number | string; held: number | string }>(sql, values);
  const [missing, held] = [Number(count?.missing ?? 0), Number(count?.held ?? 0)];
  if (!isAccepted && missing > held * snapshot.refuseAbove)
    throw new TooManyDeletionsError({ loadId, table: bulk, missing, held, refuseAbove: snapshot.refuseAbove });
  return missing;
}

/**
 * Records what a load's snapshot deletes of an entity, after its rows were merged. Returns the number of keys. Throws `invariant` where that
 * is not the number that was counted.
 */
export async function recordAbsent(
  transaction: Transaction,
  batch: Batch,
  { loadId, entity, bulk, snapshot }: Absence,
  missing: number,
): Promise<number> {
  await saveSnapshot(transaction, { loadId, entity });
  if (missing === 0) return 0;
  const { affectedRows: absent } = await transaction.execute(snapshot.record, [batch.number, loadId]);
  if (absent !== missing)
    throw new StrataError(
      'invariant',
      `load ${loadId} lacks ${missing} keys of ${bulk}, but ${absent} were to be deleted. Nothing was committed. Run: strata doctor`,
    );
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
