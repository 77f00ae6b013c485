import type { PlanActivities } from '../contracts/activities/activities.js';
import type { CompiledPipeline } from '../engine/compiled-pipeline.js';
import type { Warehouse } from '../engine/warehouse.js';
import { pipelineOf } from './pipeline-set.js';
import { runActivity } from './run-activity.js';

export interface PlanDeps {
  readonly warehouse: Warehouse;
  readonly pipelines: ReadonlyMap<string, CompiledPipeline>;
}

/** Activities that tell workflows the feeds, marts and vault tables of a pipeline, because workflows know no definitions. */
export function createPlanActivities({ warehouse, pipelines }: PlanDeps): PlanActivities {
  return {
    planPipeline: ({ pipeline }) =>
      runActivity({}, async () => {
        const { definition, catalog, datedOutputs } = await pipelineOf(pipelines, pipeline, warehouse);
        const lake = definition.feeds.filter(({ manifest }) => manifest !== undefined).map(({ name }) => name);
        return {
          feeds: definition.feeds.map(({ name }) => name),
          dated: definition.feeds.filter(({ partition }) => partition && 'group' in partition).map(({ name }) => name),
          initial: definition.feeds.filter(({ partition }) => partition && 'value' in partition).map(({ name }) => name),
          ...(lake.length > 0 && { lake }),
          hasDatedOutputs: datedOutputs.length > 0,
          marts: [
            ...catalog.marts.map(({ target, after }) => ({ mart: target, after })),
            ...catalog.additiveMarts.map(({ target }) => ({ mart: target, after: [] })),
          ],
        };
      }),
  };
}
