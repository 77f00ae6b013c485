import type { EntityLoad } from '../../engine/bulk/entity-loads.js';
import type { EntityReplace } from '../../engine/bulk/replace.js';
import type { Transaction } from '../../engine/warehouse.js';
import type { Batch, BatchLoad } from '../../gear/batches.js';
import { countReplaced } from '../../gear/load-counts.js';
import { partitionPlace } from '../../gear/loads/partition-place.js';
import { notePartitionChange } from '../../gear/partition-changes.js';

/**
 * For each load of a batch, in delivery order: replaces all rows that its partition has from other files. A load that is processed after a
 * later delivery of its partition changes nothing. Returns the number of rows inserted.
 */
export async function replacePartitions(
  transaction: Transaction,
  batch: Batch,
  { entity, bulk }: Pick<EntityLoad, 'entity' | 'bulk'>,
  replace: EntityReplace,
  onStep: (message: string) => void,
): Promise<number> {
  let all = 0;
  for (const [index, load] of batch.loads.entries()) {
    onStep(`replacing rows of ${bulk}, load ${index + 1} of ${batch.loads.length}`);
    const { deleted, inserted, outdated } = await replacePartition(transaction, load, replace);
    await countReplaced(transaction, { loadId: load.loadId, entity, inserted, outdated });
    if (deleted + inserted > 0) await notePartitionChange(transaction, batch, { entity, loadId: load.loadId });
    all += inserted;
  }
  return all;
}

async function replacePartition(
  transaction: Transaction,
  { loadId }: BatchLoad,
  replace: EntityReplace,
): Promise<{ readonly deleted: number; readonly inserted: number; readonly outdated: number }> {
  const { date, firstLoadId, isOutdated } = await partitionPlace(transaction, loadId);
  const count = async (sql: string, values: readonly (number | string)[]) => {
    const [row] = await transaction.query<{ row_count: number | string }>(sql, values);
    return Number(row?.row_count ?? 0);
  };
  if (isOutdated) return { deleted: 0, inserted: 0, outdated: await count(replace.count, [loadId]) };
  const { affectedRows: others } = await transaction.execute(replace.deleteOthers, [date, firstLoadId, firstLoadId]);
  const [held] = await transaction.query<{ held: number }>(replace.findHeld, [date]);
  if (held?.held !== 1) {
    const { affectedRows: inserted } = await transaction.execute(replace.insert, [loadId]);
    return { deleted: others, inserted, outdated: 0 };
  }
  const { affectedRows: earlier } = await transaction.execute(replace.deleteEarlier, [date, loadId, loadId, loadId, firstLoadId]);
  const outdated = await count(replace.countHeld, [loadId, date]);
  const { affectedRows: inserted } = await transaction.execute(replace.insertFree, [loadId, date]);
  return { deleted: others + earlier, inserted, outdated };
}
