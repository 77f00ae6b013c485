import type { ProcessingActivities } from '../../contracts/activities/processing.js';
import type { Stores } from '../../engine/stores.js';
import { noteBatches } from '../owner/own-source.js';
import { findStaged } from './find-staged.js';
import { processBatch, type ProcessDeps } from './process-batch.js';
import { pruneStaging } from './prune-staging.js';
import { runActivity } from '../run-activity.js';

export interface ProcessingDeps extends ProcessDeps {
  readonly stores: Pick<Stores, 'hasSource' | 'sourceOf'>;
}

/** Activities that merge staging into bulk. */
export function createProcessingActivities(deps: ProcessingDeps): ProcessingActivities {
  return {
    findStaged: ({ pipeline }) => runActivity({}, () => findStaged(deps, pipeline)),
    processBatch: (input) => runActivity({ progress: input.progress }, (scope) => processBatch(deps, input, scope)),
    pruneStaging: (input) =>
      runActivity({}, async (scope) => {
        // Before the rows go that a warehouse which forgot the batches would process again.
        if (deps.stores.hasSource(input.pipeline))
          await noteBatches(
            { ...deps, pipeline: input.pipeline, store: deps.stores.sourceOf(input.pipeline) },
            (message) => scope.log.warn(message),
            scope.signal,
          );
        return pruneStaging(deps, input, scope);
      }),
  };
}
