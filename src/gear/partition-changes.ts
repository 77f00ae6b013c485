import type { Transaction } from '../engine/warehouse.js';
import type { Batch } from './batches.js';

/** Notes that a batch changed rows of a load's partition. */
export async function notePartitionChange(
  transaction: Transaction,
  { group, number }: Batch,
  { entity, loadId }: { readonly entity: string; readonly loadId: number },
): Promise<void> {
  await transaction.execute(
    `insert into gear.partition_changes (pipeline, entity, partition_date, feed, batch_number)
     select pipeline, ?, partition_date, ?, ? from gear.loads where load_id = ?
     on duplicate key update batch_number = ?`,
    [entity, group, number, loadId, number],
  );
}

/** Notes in which partitions of an entity a batch changed rows, by the counts of its loads. */
export async function noteChangedPartitions(
  transaction: Transaction,
  { pipeline, feed, group, number }: Batch,
  entity: string,
): Promise<void> {
  await transaction.execute(
    `insert into gear.partition_changes (pipeline, entity, partition_date, feed, batch_number)
     select distinct l.pipeline, n.entity, l.partition_date, ?, l.batch_number
     from gear.loads l
     join gear.load_counts n on n.load_id = l.load_id and n.entity = ?
     left join gear.load_deletions d on d.load_id = l.load_id and d.entity = n.entity
     where l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.partition_date is not null and n.inserted + n.updated + coalesce(d.deleted, 0) > 0
     on duplicate key update batch_number = ?`,
    [group, entity, pipeline, feed, number, number],
  );
}

/** Notes that a batch changed rows of these dates. */
export async function notePartitions(
  transaction: Transaction,
  { pipeline, group, number }: Batch,
  entity: string,
  dates: readonly string[],
): Promise<void> {
  for (const date of dates)
    await transaction.execute(
      `insert into gear.partition_changes (pipeline, entity, partition_date, feed, batch_number) values (?, ?, ?, ?, ?)
       on duplicate key update batch_number = ?`,
      [pipeline, entity, date, group, number, number],
    );
}
