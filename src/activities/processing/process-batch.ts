import type { FeedRef } from '../../contracts/activities/refs.js';
import type { ProcessResult } from '../../contracts/activities/processing.js';
import type { AdditiveMerge } from '../../engine/additive/additive-merge.js';
import type { EntityLoad } from '../../engine/bulk/entity-loads.js';
import { appendEntity } from '../../engine/entities/entity.js';
import { groupOf } from '../../engine/entities/feed-groups.js';
import { contractChecksum } from '../../engine/read/contract.js';
import type { Transaction, Warehouse } from '../../engine/warehouse.js';
import { feedOf, type KnownPipeline } from '../pipeline-set.js';
import type { ActivityScope } from '../run-activity.js';
import { settleStaged } from '../append/settle-staged.js';
import { beginBatch, endBatch, type Batch } from '../../gear/batches.js';
import { fillEntity } from './fill-entity.js';
import { refuseStaged } from '../../gear/deletions/refuse-staged.js';
import { TooManyDeletionsError } from './deletions/too-many-deletions-error.js';
import { recheckStaged } from './recheck-load.js';

export interface ProcessedPipeline extends KnownPipeline {
  readonly entityLoads: readonly EntityLoad[];
  readonly additiveMerges: readonly AdditiveMerge[];
}

export interface ProcessDeps {
  readonly warehouse: Warehouse;
  /** By name. */
  readonly pipelines: ReadonlyMap<string, ProcessedPipeline>;
  /** Rows of a load from which it is appended to bulk where its keys allow it. */
  readonly appendFrom?: number;
}

/**
 * Merges the feed's staged loads into its entities, in delivery order: bulk, changes, ids, counts, load states and the
 * batch number commit together. The row of the feed's group is locked first, so batches of feeds with common entities never overlap, and
 * their numbers are gapless. Loads that another contract has checked are checked again before. Returns batch null when nothing was staged, or a
 * snapshot was refused or loads were staged too late to be ready, which is told by `more`.
 */
export async function processBatch(
  deps: ProcessDeps,
  input: FeedRef,
  scope: Pick<ActivityScope, 'signal' | 'report' | 'count' | 'log'>,
): Promise<ProcessResult> {
  const known = await feedOf(deps.pipelines, input.pipeline, input.feed, deps.warehouse);
  const { feed, definition, additiveMerges: merges } = known;
  const entity = appendEntity(definition, feed.name);
  let ready: ReadonlySet<number> | undefined;
  if (entity) ready = await settleStaged(deps.warehouse, { pipeline: definition.name, feed, entity, merges }, scope);
  else await recheckStaged(deps.warehouse, known, input, scope);
  let result: (ProcessResult & { readonly rows: number }) | undefined;
  try {
    result = await deps.warehouse.transaction((transaction) => mergeBatch(transaction, deps, { ...input, ready }, scope), scope);
  } catch (error) {
    if (!(error instanceof TooManyDeletionsError)) throw error;
    return refuseSnapshot(deps.warehouse, input, error, scope);
  }
  if (!result) return nothingProcessed;
  const { rows, ...processed } = result;
  scope.count('rowsProcessed', rows, { pipeline: input.pipeline, feed: input.feed });
  return processed;
}

const noRows = { inserted: 0, updated: 0, deleted: 0, unchanged: 0, superseded: 0, outdated: 0, leftOut: 0 };
const nothingProcessed: ProcessResult = { batch: null, loads: 0, ...noRows, more: false };

async function mergeBatch(
  transaction: Transaction,
  deps: ProcessDeps,
  { ready, ...input }: FeedRef & { readonly ready: ReadonlySet<number> | undefined },
  scope: Pick<ActivityScope, 'report'>,
): Promise<(ProcessResult & { readonly rows: number }) | undefined> {
  const { feed, definition, entityLoads } = await feedOf(deps.pipelines, input.pipeline, input.feed, transaction);
  const batch = await beginBatch(
    transaction,
    {
      ...input,
      group: groupOf(definition, feed.name),
      inOrder: feed.manifest !== undefined,
      alone: feed.delivery?.kind === 'snapshot',
      ready,
    },
    contractChecksum(feed),
  );
  if (!batch) return undefined;
  // They were staged since the staged loads were made to show: the next batch has them.
  if (batch === 'unready') return { ...nothingProcessed, rows: 0, more: true };
  const rows = batch.loads.reduce((sum, load) => sum + load.rowsStaged, 0);
  const onStep = (message: string) =>
    scope.report({ phase: 'processing', feed: input.feed, message: `${input.feed}, batch ${batch.number}: ${message}`, rows });
  const loads = entityLoads.filter((load) => load.feed === feed.name);
  for (const load of loads) await fillEntity(transaction, batch, load, { onStep, appendFrom: deps.appendFrom });
  await endBatch(transaction, batch, rows);
  return { ...(await countsOf(transaction, batch, loads[0]!.entity)), rows };
}

/** Nothing of the batch, which holds this load alone, was committed: the load waits until somebody accepts it, and those behind it go on. */
async function refuseSnapshot(
  warehouse: Warehouse,
  { pipeline, feed }: FeedRef,
  { loadId, message: problem }: TooManyDeletionsError,
  scope: Pick<ActivityScope, 'signal' | 'count' | 'log'>,
): Promise<ProcessResult> {
  const refused = await warehouse.transaction((transaction) => refuseStaged(transaction, { loadId, problem }), scope);
  if (refused) {
    scope.count('filesRefused', 1, { pipeline, feed });
    scope.log.warn(`refused load ${loadId} of ${feed}: ${problem}`);
  }
  return { ...nothingProcessed, refused: refused ? 1 : 0, more: true };
}

async function countsOf(transaction: Transaction, batch: Batch, entity: string): Promise<ProcessResult> {
  const [row] = await transaction.query<
    Record<'inserted' | 'updated' | 'deleted' | 'unchanged' | 'superseded' | 'outdated' | 'left_out', string>
  >(
    `select sum(c.inserted) as inserted, sum(c.updated) as updated, sum(c.unchanged) as unchanged, sum(c.superseded) as superseded, sum(c.outdated) as outdated,
       sum(c.left_out) as left_out, sum(coalesce(d.deleted + d.absent, 0)) as deleted
     from gear.load_counts c
     left join gear.load_deletions d on d.load_id = c.load_id and d.entity = c.entity
     join gear.loads l on l.load_id = c.load_id
     where l.pipeline = ? and l.feed = ? and l.batch_number = ? and c.entity = ?`,
    [batch.pipeline, batch.feed, batch.number, entity],
  );
  return {
    batch: batch.number,
    loads: batch.loads.length,
    inserted: Number(row?.inserted ?? 0),
    updated: Number(row?.updated ?? 0),
    deleted: Number(row?.deleted ?? 0),
    unchanged: Number(row?.unchanged ?? 0),
    superseded: Number(row?.superseded ?? 0),
    outdated: Number(row?.outdated ?? 0),
    leftOut: Number(row?.left_out ?? 0),
    more: batch.more,
  };
}
