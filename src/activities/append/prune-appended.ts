import type { FeedRef } from '../../contracts/activities/refs.js';
import type { PruneResult } from '../../contracts/activities/processing.js';
import { copiesOf } from '../../engine/append/stored-rows.js';
import type { Entity } from '../../engine/entities/entity.js';
import type { Warehouse } from '../../engine/warehouse.js';
import { deleteDropped } from '../../gear/append/append-runs.js';
import { markAllPruned } from '../../gear/loads/pruned-loads.js';
import type { ActivityScope } from '../run-activity.js';

/** Nothing of an append feed is in staging: what goes is the rows of loads that were rolled back. */
export async function pruneAppended(
  warehouse: Warehouse,
  { pipeline, feed }: FeedRef,
  entity: Entity,
  { signal, report }: Pick<ActivityScope, 'signal' | 'report'>,
): Promise<PruneResult> {
  const { bulk } = entity.tables;
  const tables = [bulk, ...copiesOf(entity).map(({ table }) => table)];
  const onRows = (rows: number) =>
    report({ phase: 'pruning', feed, message: `${feed}: rows of loads that were rolled back leave ${bulk}`, rows });
  const rows = await deleteDropped(warehouse, { pipeline, feed }, { tables, signal, onRows });
  await markAllPruned(warehouse, { pipeline, feed });
  return { rows };
}
