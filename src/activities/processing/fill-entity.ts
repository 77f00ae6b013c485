import type { EntityLoad } from '../../engine/bulk/entity-loads.js';
import type { Transaction } from '../../engine/warehouse.js';
import type { Batch } from '../../gear/batches.js';
import { noteChangedPartitions } from '../../gear/partition-changes.js';
import { countLoads } from '../append/count-loads.js';
import { checkConservation } from './check-conservation.js';
import { mergeEntity } from './merge-entity.js';
import { replacePartitions } from './replace-partitions.js';

export interface Filling {
  readonly onStep: (message: string) => void;
  /** Rows of a load from which it pays to check whether it can be appended. */
  readonly appendFrom?: number | undefined;
}

/** Merges a batch into one entity, with the same result as load by load. Throws `invariant` if not every staged row was counted. */
export async function fillEntity(transaction: Transaction, batch: Batch, load: EntityLoad, filling: Filling): Promise<void> {
  const { entity, how, recordLeftOut } = load;
  const changed = await fill(transaction, batch, load, filling);
  if (recordLeftOut) await transaction.execute(recordLeftOut, [batch.pipeline, batch.feed, batch.number]);
  await checkConservation(transaction, batch, load, changed);
  if (how.kind === 'merge') await noteChangedPartitions(transaction, batch, entity);
}

/** Returns the number of rows inserted and updated. */
async function fill(transaction: Transaction, batch: Batch, load: EntityLoad, filling: Filling): Promise<number> {
  const { entity, how } = load;
  switch (how.kind) {
    case 'merge':
      return mergeEntity(transaction, batch, { ...load, how }, filling);
    case 'replace':
      return replacePartitions(transaction, batch, load, how.replace, filling.onStep);
    case 'append':
      return countLoads(transaction, batch, entity);
  }
}
