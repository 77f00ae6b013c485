import type { RefreshResult } from '../../contracts/activities/marts.js';
import type { AdditiveMerge } from '../../engine/additive/additive-merge.js';
import { StrataError } from '../../engine/strata-error.js';
import type { Warehouse } from '../../engine/warehouse.js';
import { isCurrent, lanesOf, rebuildGroups } from '../../gear/additive/add-load.js';
import { lockMerge } from '../../gear/additive/merge-state.js';
import type { RefreshOptions } from './refresh-mart.js';

/**
 * Computes an additive mart again, where that is asked for or where its SQL has changed, in one transaction: readers see the old groups until
 * it commits. What loads bring is added when they are published, so there is nothing else to bring it up to date with.
 */
export function refreshAdditive(
  warehouse: Warehouse,
  merges: readonly AdditiveMerge[],
  target: string,
  { rebuild = false, period, signal, onStep }: RefreshOptions,
): Promise<RefreshResult> {
  const lane = lanesOf(merges).find((each) => each.merges.some((merge) => merge.target === target));
  const merge = lane?.merges.find((each) => each.target === target);
  if (!lane || !merge) throw new StrataError('definition', `there is no additive mart ${target}`);
  if (period) throw new StrataError('definition', `${target} adds up loads, so it can only be rebuilt as a whole. Leave the period out`);
  return warehouse.transaction(
    async (transaction) => {
      const state = await lockMerge(transaction, merge);
      const isDone = await isCurrent(transaction, merge);
      if (isDone && !rebuild) return { mode: 'current', keys: 0, rows: 0 };
      return { mode: 'rebuilt', keys: 0, rows: await rebuildGroups(transaction, lane, target, state, onStep) };
    },
    { signal },
  );
}
