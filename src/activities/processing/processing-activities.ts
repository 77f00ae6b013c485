import type { ProcessingActivities } from '../../contracts/activities.js';
import { findStaged } from './find-staged.js';
import { processBatch, type ProcessDeps } from './process-batch.js';
import { pruneStaging } from './prune-staging.js';
import { runActivity } from '../run-activity.js';

export type ProcessingDeps = ProcessDeps;

/** Activities that merge staging into bulk. */
export function createProcessingActivities(deps: ProcessingDeps): ProcessingActivities {
  return {
    findStaged: ({ pipeline }) => runActivity({}, () => findStaged(deps, pipeline)),
    processBatch: (input) => runActivity({ progress: input.progress }, (scope) => processBatch(deps, input, scope)),
    pruneStaging: (input) => runActivity({}, (scope) => pruneStaging(deps, input, scope)),
  };
}
