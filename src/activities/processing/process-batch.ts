import type { FeedRef, ProcessResult } from '../../contracts/activities.js';
import type { FeedDefinition } from '../../engine/definition/types.js';
import { contractChecksum } from '../../engine/read/contract.js';
import { renderAppend } from '../../engine/bulk/append.js';
import { renderMerge } from '../../engine/bulk/merge.js';
import type { Transaction, Warehouse } from '../../engine/warehouse.js';
import { feedOf, type PipelineSet } from '../pipeline-set.js';
import type { ActivityScope } from '../run-activity.js';
import { beginBatch, endBatch, type Batch } from '../../gear/batches.js';
import { mergeEntity } from './merge-entity.js';
import { recheckStaged } from './recheck-load.js';

export interface ProcessDeps {
  readonly warehouse: Warehouse;
  readonly pipelines: PipelineSet;
  /** Rows of a load from which it is appended to bulk where its keys allow it. */
  readonly appendFrom?: number;
}

/**
 * Merges the feed's staged loads into its entities, in delivery order: bulk, changes, ids, counts, load states and the
 * batch number commit together. The feed's row is locked first, so batches of a feed never overlap and their numbers are
 * gapless. Loads that another contract has checked are checked again before. Returns batch null when nothing was staged.
 */
export async function processBatch(
  deps: ProcessDeps,
  input: FeedRef,
  scope: Pick<ActivityScope, 'signal' | 'report' | 'count' | 'log'>,
): Promise<ProcessResult> {
  await recheckStaged(deps.warehouse, (await feedOf(deps.pipelines, input.pipeline, input.feed, deps.warehouse)).feed, input, scope);
  const result = await deps.warehouse.transaction(async (transaction) => {
    const { feed, definition } = await feedOf(deps.pipelines, input.pipeline, input.feed, transaction);
    const batch = await beginBatch(transaction, input, contractChecksum(feed));
    if (!batch) return undefined;
    const rows = batch.loads.reduce((sum, load) => sum + load.rowsStaged, 0);
    const onStep = (message: string) =>
      scope.report({ phase: 'processing', feed: input.feed, message: `${input.feed}, batch ${batch.number}: ${message}`, rows });
    for (const entity of feed.entities) {
      await mergeEntity(
        transaction,
        batch,
        renderMerge(feed, entity, definition.surrogates),
        renderAppend(feed, entity),
        onStep,
        deps.appendFrom,
      );
    }
    await endBatch(transaction, batch, rows);
    return { ...(await countsOf(transaction, batch, feed)), rows };
  }, scope);
  if (!result) return { batch: null, loads: 0, inserted: 0, updated: 0, unchanged: 0, superseded: 0, outdated: 0, more: false };
  const { rows, ...processed } = result;
  scope.count('rowsProcessed', rows, { pipeline: input.pipeline, feed: input.feed });
  return processed;
}

async function countsOf(transaction: Transaction, batch: Batch, feed: FeedDefinition): Promise<ProcessResult> {
  const [row] = await transaction.query<Record<'inserted' | 'updated' | 'unchanged' | 'superseded' | 'outdated', string>>(
    `select sum(c.inserted) as inserted, sum(c.updated) as updated, sum(c.unchanged) as unchanged, sum(c.superseded) as superseded, sum(c.outdated) as outdated
     from gear.load_counts c
     join gear.loads l on l.load_id = c.load_id
     where l.pipeline = ? and l.feed = ? and l.batch_number = ? and c.entity = ?`,
    [batch.pipeline, batch.feed, batch.number, feed.entities[0]!.name],
  );
  return {
    batch: batch.number,
    loads: batch.loads.length,
    inserted: Number(row?.inserted ?? 0),
    updated: Number(row?.updated ?? 0),
    unchanged: Number(row?.unchanged ?? 0),
    superseded: Number(row?.superseded ?? 0),
    outdated: Number(row?.outdated ?? 0),
    more: batch.more,
  };
}
