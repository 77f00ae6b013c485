import type { PipelinePlan } from '../../src/contracts/activities/activities.js';
import type { StageKind } from '../../src/contracts/stages.js';
import { orderStages } from '../../src/engine/plan-stages.js';

/** The plan of a pipeline with these feeds and whatever its other stages work on. */
export function planned(
  feeds: readonly string[],
  items: Partial<Readonly<Record<StageKind, readonly string[]>>> = {},
  plan: Partial<Omit<PipelinePlan, 'stages'>> = {},
): PipelinePlan {
  const stages = orderStages({ pickup: feeds, processing: feeds, pruning: feeds, ...items });
  return { stages, dated: [], initial: [], marts: [], ...plan };
}
