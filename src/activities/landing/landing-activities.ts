import type { LandingActivities } from '../../contracts/activities/landing.js';
import { readLoad } from '../../gear/loads/load-row.js';
import { landBundle } from './land-bundle.js';
import { landBundles } from './land-bundles.js';
import type { LandDeps } from './land-deps.js';
import { landRange } from './land-range.js';
import { planLanding } from './plan-landing.js';
import { settleLanding } from './release/settle-landing.js';
import { runActivity } from '../run-activity.js';

export type LandingDeps = LandDeps;

/** Activities that take objects into staging and let go of them. */
export function createLandingActivities(deps: LandingDeps): LandingActivities {
  const load = (loadId: number) => readLoad(deps.warehouse, loadId);
  return {
    planLanding: ({ loadId, since, progress }) =>
      runActivity({ progress }, async (scope) => (await planLanding(deps, await load(loadId), scope, since)).plan),
    landRange: ({ loadId, range, progress }) =>
      runActivity({ progress }, async (scope) => landRange(deps, await load(loadId), range, scope)),
    settleLanding: ({ loadId, earlier, progress }) =>
      runActivity({ progress }, async (scope) => settleLanding(deps, await load(loadId), { earlier }, scope)),
    landBundle: (input) => runActivity({ progress: input.progress }, (scope) => landBundle(deps, input, scope)),
    landBundles: (input) => runActivity({ progress: input.progress }, (scope) => landBundles(deps, input, scope)),
  };
}
