import type { LandingActivities } from '../contracts/activities.js';
import { landLoad, type LandDeps } from './land-load.js';
import { releaseSource } from './release-source.js';
import { runActivity } from './run-activity.js';

export type LandingDeps = LandDeps;

/** Activities that take one object into staging and let go of it. */
export function createLandingActivities(deps: LandingDeps): LandingActivities {
  return {
    landLoad: (input) => runActivity({ progress: input.progress }, (scope) => landLoad(deps, input.loadId, scope)),
    releaseSource: (input) => runActivity({}, (scope) => releaseSource(deps, input.loadId, scope.signal)),
  };
}
