import type { PlanActivities } from '../contracts/activities/activities.js';
import type { CompiledPipeline } from '../engine/compiled-pipeline.js';
import { planStages } from '../engine/plan-stages.js';
import type { Stores } from '../engine/stores.js';
import type { Warehouse } from '../engine/warehouse.js';
import { pipelineOf } from './pipeline-set.js';
import { runActivity } from './run-activity.js';

export interface PlanDeps {
  readonly warehouse: Warehouse;
  readonly pipelines: ReadonlyMap<string, CompiledPipeline>;
  readonly stores: Pick<Stores, 'processedOf'>;
}

/** Activities that tell workflows the stages of a pipeline, because workflows know no definitions. */
export function createPlanActivities({ warehouse, pipelines, stores }: PlanDeps): PlanActivities {
  return {
    planPipeline: ({ pipeline }) =>
      runActivity({}, async () => {
        const compiled = await pipelineOf(pipelines, pipeline, warehouse);
        const { definition, catalog } = compiled;
        const lake = definition.feeds.filter(({ manifest }) => manifest !== undefined).map(({ name }) => name);
        return {
          stages: planStages(compiled, stores.processedOf(pipeline) !== undefined),
          dated: definition.feeds.filter(({ partition }) => partition && 'group' in partition).map(({ name }) => name),
          initial: definition.feeds.filter(({ partition }) => partition && 'value' in partition).map(({ name }) => name),
          ...(lake.length > 0 && { lake }),
          marts: [
            ...catalog.marts.map(({ target, after }) => ({ mart: target, after })),
            ...catalog.additiveMarts.map(({ target }) => ({ mart: target, after: [] })),
          ],
        };
      }),
  };
}
