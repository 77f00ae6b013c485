import type { AdditiveMerge } from '../../engine/additive/additive-merge.js';
import type { FeedDefinition } from '../../engine/definition/types.js';
import type { Entity } from '../../engine/entities/entity.js';
import { contractChecksum } from '../../engine/read/contract.js';
import type { Warehouse } from '../../engine/warehouse.js';
import { fillCopies } from '../../gear/append/run-copies.js';
import { adoptContract } from '../../gear/loads/contracts.js';
import { publishAppendLoad } from '../additive/publish-load.js';
import type { ActivityScope } from '../run-activity.js';

export interface Settling {
  readonly pipeline: string;
  readonly feed: FeedDefinition;
  readonly entity: Entity;
  readonly merges: readonly AdditiveMerge[];
}

/** As many as a batch takes at most. */
const loadsAtOnce = 1_000;

/**
 * Lets the staged loads of an append entity show, one after the other: each with what additive marts make of it, which may take many
 * transactions. After that only their states are left to be noted. Returns their ids: others may be staged meanwhile, and don't show yet.
 */
export async function settleStaged(
  warehouse: Warehouse,
  { pipeline, feed, entity, merges }: Settling,
  scope: Pick<ActivityScope, 'signal' | 'report'>,
): Promise<ReadonlySet<number>> {
  const loads = await warehouse.query<{ load_id: number }>(
    `select load_id from gear.loads where pipeline = ? and feed = ? and state = 'staged' order by delivery_order, load_id limit ${loadsAtOnce}`,
    [pipeline, feed.name],
  );
  for (const { load_id: loadId } of loads) {
    const onStep = (step: string) =>
      scope.report({ phase: 'processing', feed: feed.name, message: `${feed.name}, load ${loadId}: ${step}` });
    const onRun = (table: string) => onStep(`copying earlier rows to ${table}`);
    await fillCopies(warehouse, pipeline, entity, { loadId, signal: scope.signal, onRun });
    await publishAppendLoad(warehouse, merges, { pipeline, entity: entity.name, loadId: String(loadId) }, { signal: scope.signal, onStep });
  }
  // Rows are typed already, so rows that another contract has checked stay as they are.
  await adoptContract(warehouse, { pipeline, feed: feed.name }, contractChecksum(feed));
  return new Set(loads.map(({ load_id: loadId }) => Number(loadId)));
}
