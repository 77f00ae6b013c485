import type { LandDeps } from '../../src/activities/landing/land-deps.js';
import { landRange } from '../../src/activities/landing/land-range.js';
import { planLanding } from '../../src/activities/landing/plan-landing.js';
import { settleLanding } from '../../src/activities/landing/release/settle-landing.js';
import type { ActivityScope } from '../../src/activities/run-activity.js';
import type { LandPlan, LandResult, RangeRef, RangeResult } from '../../src/contracts/activities/landing.js';
import { landInRanges } from '../../src/contracts/land-in-ranges.js';
import { readLoad } from '../../src/gear/loads/load-row.js';

/** The steps of a landing by the load's id, as activities take them. */
export async function plan(deps: LandDeps, loadId: number, scope: ActivityScope, since?: string): Promise<LandPlan> {
  return (await planLanding(deps, await readLoad(deps.warehouse, loadId), scope, since)).plan;
}

export async function range(deps: LandDeps, loadId: number, ref: RangeRef, scope: ActivityScope): Promise<RangeResult> {
  return landRange(deps, await readLoad(deps.warehouse, loadId), ref, scope);
}

export async function settle(deps: LandDeps, loadId: number, scope: ActivityScope): Promise<LandResult> {
  return settleLanding(deps, await readLoad(deps.warehouse, loadId), {}, scope);
}

/** Lands a load to its end and leaves its source where it is; `since` is when the pickup began. */
export async function land(deps: LandDeps, loadId: number, scope: ActivityScope, since?: string): Promise<Omit<LandResult, 'source'>> {
  const { outcome, earlier } = await landInRanges({
    plan: () => plan(deps, loadId, scope, since),
    land: (ref) => range(deps, loadId, ref, scope),
  });
  const { result } = await readLoad(deps.warehouse, loadId);
  return { outcome, ...result, ...(earlier && { earlier }) };
}
