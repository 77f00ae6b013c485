import type { OutputActivities } from '../../contracts/outputs.js';
import type { DatedOutput } from '../../engine/dated/dated-output.js';
import type { MartRefresh } from '../../engine/marts/mart-refresh.js';
import type { Stores } from '../../engine/stores.js';
import type { Warehouse } from '../../engine/warehouse.js';
import { pipelineOf, type KnownPipeline } from '../pipeline-set.js';
import { runActivity } from '../run-activity.js';
import { planOutputs } from './plan-outputs.js';
import { outputOf } from './selected-outputs.js';
import { writeOutput } from './write-output.js';

export interface DatedPipeline extends KnownPipeline {
  readonly datedOutputs: readonly DatedOutput[];
  readonly martRefreshes: readonly MartRefresh[];
}

export interface OutputDeps {
  readonly warehouse: Warehouse;
  /** By name. */
  readonly pipelines: ReadonlyMap<string, DatedPipeline>;
  readonly stores: Pick<Stores, 'exportsOf'>;
}

/** Activities that write outputs by date. Each can be repeated at any time, by any worker. */
export function createOutputActivities({ warehouse, pipelines, stores }: OutputDeps): OutputActivities {
  return {
    planOutputs: ({ after, ...wish }) =>
      runActivity({}, async ({ signal }) => {
        const pipeline = await pipelineOf(pipelines, wish.pipeline, warehouse);
        const hasExports = pipeline.datedOutputs.some(({ kind }) => kind === 'dated-export');
        const store = hasExports ? stores.exportsOf(wish.pipeline) : undefined;
        return planOutputs(warehouse, pipeline, wish, { after, storeUrl: store?.url, look: store && { store, signal } });
      }),
    writeOutput: ({ pipeline, output: name, date, again = false, force = false, progress }) =>
      runActivity({ progress }, async (scope) => {
        const known = await pipelineOf(pipelines, pipeline, warehouse);
        const output = outputOf(known, name);
        const result = await writeOutput(
          {
            ...{ warehouse, pipeline, outputs: known.datedOutputs, marts: known.martRefreshes, output, date },
            ...{ store: () => stores.exportsOf(pipeline), again, force },
          },
          scope,
        );
        scope.report({ phase: 'outputs', subject: `${name} of ${date}`, message: result.state, rows: result.rows, done: true });
        // Most outputs are written before anybody has heard of them: the date says how far it is.
        scope.report({ phase: 'outputs', message: `outputs of ${date}` });
        const isWritten = result.state === 'written';
        if (output.kind === 'dated-mart') scope.count('martRowsWritten', isWritten ? result.rows : 0, { pipeline, mart: name });
        else scope.count('exportRowsWritten', isWritten ? result.rows : 0, { pipeline, export: name });
        return result;
      }),
  };
}
