import type { LandingActivities } from '../../contracts/activities.js';
import type { LandDeps } from './land-deps.js';
import { landLoad } from './land-load.js';
import { landRange } from './land-range.js';
import { landSmallLoads } from './land-small-loads.js';
import { releaseSource } from './release-source.js';
import { runActivity } from '../run-activity.js';

export type LandingDeps = LandDeps;

/** Activities that take objects into staging and let go of them. */
export function createLandingActivities(deps: LandingDeps): LandingActivities {
  return {
    landLoad: (input) => runActivity({ progress: input.progress }, (scope) => landLoad(deps, input.loadId, scope)),
    landRange: (input) => runActivity({ progress: input.progress }, (scope) => landRange(deps, input.loadId, input.range, scope)),
    landSmallLoads: (input) => runActivity({ progress: input.progress }, (scope) => landSmallLoads(deps, input, scope)),
    releaseSource: (input) => runActivity({}, (scope) => releaseSource(deps, input.loadId, scope.signal)),
  };
}
