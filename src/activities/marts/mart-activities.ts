import type { MartActivities, RefreshResult } from '../../contracts/activities.js';
import type { MartCatalog } from '../../engine/marts/mart.js';
import { StrataError } from '../../engine/strata-error.js';
import type { Warehouse } from '../../engine/warehouse.js';
import { feedsOf } from '../../gear/mart-state.js';
import { pruneChanges, type ChangeReader } from '../../gear/prune-changes.js';
import { refreshMart, type RefreshOptions } from './refresh-mart.js';
import { pipelineOf, type KnownPipeline } from '../pipeline-set.js';
import { runActivity, type ActivityScope } from '../run-activity.js';
import { doFew, targetsBehind } from '../targets-behind.js';

export interface MartPipeline extends KnownPipeline {
  readonly catalog: MartCatalog;
  readonly exports: readonly unknown[];
  /** The vault's tables with the feeds whose changes they take. */
  readonly vaultReaders: readonly ChangeReader[];
}

export interface MartDependencies {
  readonly warehouse: Warehouse;
  /** By name. */
  readonly pipelines: ReadonlyMap<string, MartPipeline>;
}

/** Independent marts that one activity refreshes at once. */
const martsAtOnce = 3;

/** Refreshes, rebuilds and prunes; every one can be repeated at any time, by any worker. */
export function createMartActivities({ warehouse, pipelines }: MartDependencies): MartActivities {
  const refresh = async (
    pipeline: string,
    target: string,
    options: Pick<RefreshOptions, 'rebuild' | 'period'>,
    scope: ActivityScope,
  ): Promise<RefreshResult> => {
    const { definition, catalog } = await pipelineOf(pipelines, pipeline, warehouse);
    const mart = catalog.marts.find((candidate) => candidate.target === target);
    if (!mart)
      throw new StrataError('definition', `there is no mart ${target} in the pipeline ${pipeline}; run: strata status ${pipeline}`);
    const result = await refreshMart(warehouse, definition, catalog, mart, {
      ...options,
      signal: scope.signal,
      onStep: (message) => scope.report({ phase: 'marts', subject: target, message }),
    });
    scope.report({ phase: 'marts', subject: target, message: result.mode, rows: result.rows, done: true });
    scope.count('martRowsWritten', result.rows, { pipeline, mart: target });
    return result;
  };
  return {
    refreshMart: ({ pipeline, mart, rebuild, period, progress }) =>
      runActivity({ progress }, (scope) => refresh(pipeline, mart, { rebuild, period }, scope)),
    refreshChangedMarts: ({ pipeline, except = [] }) =>
      runActivity({}, async (scope) => {
        const { definition, catalog, exports } = await pipelineOf(pipelines, pipeline, warehouse);
        const takers = catalog.marts
          .filter(({ target }) => !except.includes(target))
          .map((mart) => ({ ...mart, feeds: feedsOf(definition, mart) }));
        const behind = await targetsBehind(warehouse, pipeline, takers);
        const marts: Record<string, RefreshResult> = {};
        const left = await doFew(behind, takers, { signal: scope.signal, atOnce: martsAtOnce }, async ({ target }) => {
          marts[target] = await refresh(pipeline, target, {}, scope);
        });
        return { marts, left: left.map(({ target, after }) => ({ mart: target, after })), ...(exports.length > 0 && { hasExports: true }) };
      }),
    pruneChanges: ({ pipeline }) =>
      runActivity({}, async (scope) => {
        const { definition, catalog, vaultReaders } = await pipelineOf(pipelines, pipeline, warehouse);
        const marts = catalog.marts.map((mart) => ({ target: mart.target, feeds: feedsOf(definition, mart) }));
        return pruneChanges(warehouse, definition, [...marts, ...vaultReaders], scope.signal);
      }),
  };
}
