import type { Transaction } from '../../engine/warehouse.js';
import { visibleRows } from '../../gear/append/append-runs.js';
import type { Batch } from '../../gear/batches.js';
import { countAppended } from '../../gear/load-counts.js';

/** Counts the rows of a batch's loads, which are in the table of the append entity and count since they were published. Returns their number. */
export async function countLoads(transaction: Transaction, { loads }: Batch, entity: string): Promise<number> {
  let all = 0;
  for (const { loadId } of loads) {
    const inserted = await visibleRows(transaction, loadId);
    await countAppended(transaction, { loadId, entity, inserted, superseded: 0 });
    all += inserted;
  }
  return all;
}
