import type { Transaction } from '../engine/warehouse.js';
import type { Batch } from './batches.js';

/** Notes in which partitions of which entities a batch changed rows, by the counts of its loads. */
export async function notePartitionChanges(transaction: Transaction, { pipeline, feed, group, number }: Batch): Promise<void> {
  await transaction.execute(
    `insert into gear.partition_changes (pipeline, entity, partition_date, feed, batch_number)
     select distinct l.pipeline, n.entity, l.partition_date, ?, l.batch_number
     from gear.loads l
     join gear.load_counts n on n.load_id = l.load_id
     where l.pipeline = ? and l.feed = ? and l.batch_number = ? and n.inserted + n.updated > 0
     on duplicate key update batch_number = ?`,
    [group, pipeline, feed, number, number],
  );
}
