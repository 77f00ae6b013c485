import type { PlanActivities } from '../contracts/activities.js';
import type { CompiledPipeline } from '../engine/compiled-pipeline.js';
import { pipelineOf } from './pipeline-set.js';
import { runActivity } from './run-activity.js';

export interface PlanDeps {
  readonly pipelines: ReadonlyMap<string, CompiledPipeline>;
}

/** Tells workflows, which know no definitions, what a pipeline consists of. */
export function createPlanActivities({ pipelines }: PlanDeps): PlanActivities {
  return {
    planPipeline: ({ pipeline }) =>
      runActivity({}, async () => {
        const { definition, catalog } = pipelineOf(pipelines, pipeline);
        return {
          feeds: definition.feeds.map(({ name }) => name),
          marts: catalog.marts.map(({ target, after }) => ({ mart: target, after })),
        };
      }),
  };
}
