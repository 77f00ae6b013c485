import type { MartActivities } from '../contracts/activities.js';
import type { PipelineDefinition } from '../engine/definition/types.js';
import type { MartCatalog } from '../engine/marts/mart.js';
import { StrataError } from '../engine/strata-error.js';
import type { Warehouse } from '../engine/warehouse.js';
import { feedsOf } from './marts/mart-state.js';
import { pruneChanges, type ChangeReader } from './marts/prune-changes.js';
import { refreshMart } from './marts/refresh-mart.js';
import { pipelineOf } from './pipeline-set.js';
import { runActivity } from './run-activity.js';

export interface MartPipeline {
  readonly definition: PipelineDefinition;
  readonly catalog: MartCatalog;
  /** The vault's tables with the feeds whose changes they take. */
  readonly vaultReaders: readonly ChangeReader[];
}

export interface MartDependencies {
  readonly warehouse: Warehouse;
  /** By name. */
  readonly pipelines: ReadonlyMap<string, MartPipeline>;
}

/** Refreshes, rebuilds and prunes; every one can be repeated at any time, by any worker. */
export function createMartActivities({ warehouse, pipelines }: MartDependencies): MartActivities {
  return {
    refreshMart: ({ pipeline, mart: target, rebuild, progress }) =>
      runActivity({ progress }, async (scope) => {
        const { definition, catalog } = pipelineOf(pipelines, pipeline);
        const mart = catalog.marts.find((candidate) => candidate.target === target);
        if (!mart) throw new StrataError('definition', `there is no mart ${target} in the pipeline ${pipeline}; run: strata status ${pipeline}`);
        const result = await refreshMart(warehouse, definition, catalog, mart, {
          rebuild,
          signal: scope.signal,
          onStep: (message) => scope.report({ phase: 'marts', subject: target, message }),
        });
        scope.report({ phase: 'marts', subject: target, message: result.mode, rows: result.rows, done: true });
        scope.count('martRowsWritten', result.rows, { pipeline, mart: target });
        return result;
      }),
    pruneChanges: ({ pipeline }) =>
      runActivity({}, (scope) => {
        const { definition, catalog, vaultReaders } = pipelineOf(pipelines, pipeline);
        const marts = catalog.marts.map((mart) => ({ target: mart.target, feeds: feedsOf(definition, mart) }));
        return pruneChanges(warehouse, definition, [...marts, ...vaultReaders], scope.signal);
      }),
  };
}
