import type { EntityAppend } from '../../engine/bulk/append.js';
import type { EntityLoad } from '../../engine/bulk/entity-loads.js';
import type { EntityMerge } from '../../engine/bulk/merge.js';
import type { Transaction } from '../../engine/warehouse.js';
import type { Batch, BatchLoad } from '../../gear/batches.js';
import { countAppended } from '../../gear/load-counts.js';

/** Rows of a load. With fewer rows, the work table costs no more than the check whether it is needed. */
const defaultFrom = 10_000;

/**
 * Appends the first loads of a batch, as long as all keys of a load are above those of bulk. Returns the number of loads and of changes.
 * The caller has made sure that no later delivery was processed before.
 */
export async function appendLoads(
  transaction: Transaction,
  batch: Batch,
  { entity, bulk }: Pick<EntityLoad, 'entity' | 'bulk'>,
  { append, merge: { giveIds } }: { readonly append: EntityAppend; readonly merge: Pick<EntityMerge, 'giveIds'> },
  onStep: (message: string) => void,
  from = defaultFrom,
): Promise<{ readonly loads: number; readonly changes: number }> {
  let appended = 0;
  let changes = 0;
  for (const load of batch.loads) {
    if (load.rowsStaged < from) break;
    const rows = await rowsAboveBulk(transaction, append, load);
    if (rows === undefined) break;
    onStep(`appending to ${bulk}, load ${appended + 1} of ${batch.loads.length}`);
    // The server counts the first row of a key once and each later row twice, because staging is read in the order of its rows.
    const { affectedRows: merged } = await transaction.execute(append.appendBulk, [load.loadDatetime, load.loadId]);
    const { affectedRows: inserted } = await transaction.execute(append.recordChanges, [batch.number, load.loadId]);
    if (giveIds !== undefined)
      await transaction.execute(giveIds, [batch.pipeline, batch.feed, batch.number, load.loadDatetime, load.loadDatetime]);
    await countAppended(transaction, { loadId: load.loadId, entity, inserted, superseded: Math.max(0, merged - rows) });
    appended += 1;
    changes += inserted;
  }
  return { loads: appended, changes };
}

/** The number of rows in staging; undefined when one of them may have a key that bulk holds. */
async function rowsAboveBulk(transaction: Transaction, append: EntityAppend, { loadId }: BatchLoad): Promise<number | undefined> {
  const [peek] = await transaction.query<{ above: number }>(append.peek, [loadId]);
  if (peek?.above !== 1) return undefined;
  const [count] = await transaction.query<{ row_count: number | string }>(append.count, [loadId]);
  await transaction.execute(append.findLowest, [loadId]);
  const [all] = await transaction.query<{ above: number }>(append.compare);
  // An empty load leaves the variables as they were.
  return count && Number(count.row_count) > 0 && all?.above === 1 ? Number(count.row_count) : undefined;
}
