import type { MartActivities, RefreshResult } from '../../contracts/activities/marts.js';
import type { AdditiveMerge } from '../../engine/additive/additive-merge.js';
import type { ChangeConsumer } from '../../engine/change-consumer.js';
import { entityOf } from '../../engine/entities/entity.js';
import type { MartRefresh } from '../../engine/marts/mart-refresh.js';
import { StrataError } from '../../engine/strata-error.js';
import type { Warehouse } from '../../engine/warehouse.js';
import { consumerOf } from '../../gear/additive/add-load.js';
import { fillCopies } from '../../gear/append/run-copies.js';
import { pruneChanges } from '../../gear/prune-changes.js';
import { staleConsumers } from '../../gear/stale-consumers.js';
import { forgetMarks } from '../../gear/processed/processed-state.js';
import type { Stores } from '../../engine/stores.js';
import { pipelineOf, type KnownPipeline } from '../pipeline-set.js';
import { refreshStale } from '../refresh-stale.js';
import { runActivity, type ActivityScope } from '../run-activity.js';
import { refreshAdditive } from './refresh-additive.js';
import { refreshMart, type RefreshOptions } from './refresh-mart.js';

export interface MartPipeline extends KnownPipeline {
  readonly martRefreshes: readonly MartRefresh[];
  readonly additiveMerges: readonly AdditiveMerge[];
  /** They take in changes too. */
  readonly vaultLoads: readonly ChangeConsumer[];
  /** So do the tables of the processed bucket. */
  readonly processed: readonly ChangeConsumer[];
}

export interface MartDependencies {
  readonly warehouse: Warehouse;
  /** By name. */
  readonly pipelines: ReadonlyMap<string, MartPipeline>;
  readonly stores: Pick<Stores, 'processedOf'>;
}

/** Independent marts that one activity refreshes at once. */
const martsAtOnce = 3;

/** Refreshes, rebuilds and prunes; every one can be repeated at any time, by any worker. */
export function createMartActivities({ warehouse, pipelines, stores }: MartDependencies): MartActivities {
  const refresh = async (
    pipeline: string,
    target: string,
    options: Pick<RefreshOptions, 'rebuild' | 'period'>,
    scope: ActivityScope,
  ): Promise<RefreshResult> => {
    const { definition, martRefreshes, additiveMerges } = await pipelineOf(pipelines, pipeline, warehouse);
    const mart = martRefreshes.find((candidate) => candidate.target === target);
    const additive = additiveMerges.find((candidate) => candidate.target === target);
    if (!mart && !additive)
      throw new StrataError(
        'definition',
        `there is no mart ${target} in the pipeline ${pipeline}. Start a worker of the version that defines it`,
      );
    const asked: RefreshOptions = {
      ...options,
      signal: scope.signal,
      onStep: (message) => scope.report({ phase: 'marts', subject: target, message }),
    };
    if (additive) await fillCopies(warehouse, pipeline, entityOf(definition, additive.entity), { signal: scope.signal });
    const result = mart ? await refreshMart(warehouse, mart, asked) : await refreshAdditive(warehouse, additiveMerges, target, asked);
    scope.report({ phase: 'marts', subject: target, message: result.mode, rows: result.rows, done: true });
    scope.count('martRowsWritten', result.rows, { pipeline, mart: target });
    return result;
  };
  return {
    refreshMart: ({ pipeline, mart, rebuild, period, progress }) =>
      runActivity({ progress }, (scope) => refresh(pipeline, mart, { rebuild, period }, scope)),
    refreshStaleMarts: ({ pipeline, except = [] }) =>
      runActivity({}, async (scope) => {
        const { martRefreshes, additiveMerges, processed } = await pipelineOf(pipelines, pipeline, warehouse);
        const stale = await staleConsumers(
          warehouse,
          pipeline,
          [...martRefreshes, ...additiveMerges.map(consumerOf)].filter(({ target }) => !except.includes(target)),
        );
        const marts: Record<string, RefreshResult> = {};
        const left = await refreshStale(stale, { signal: scope.signal, atOnce: martsAtOnce }, async ({ target }) => {
          marts[target] = await refresh(pipeline, target, {}, scope);
        });
        return {
          marts,
          left: left.map(({ target, after }) => ({ mart: target, after: after.map((other) => other.target) })),
          ...(processed.length > 0 && stores.processedOf(pipeline) && { hasProcessed: true as const }),
        };
      }),
    pruneChanges: ({ pipeline }) =>
      runActivity({}, async (scope) => {
        const { definition, martRefreshes, vaultLoads, processed } = await pipelineOf(pipelines, pipeline, warehouse);
        const isWritten = processed.length > 0 && stores.processedOf(pipeline) !== undefined;
        if (processed.length > 0 && !isWritten) await forgetMarks(warehouse, pipeline, scope.signal);
        return pruneChanges(warehouse, definition, [...martRefreshes, ...vaultLoads, ...(isWritten ? processed : [])], scope.signal);
      }),
  };
}
