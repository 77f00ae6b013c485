import type { LandPlan, LandResult } from '../../contracts/activities.js';
import type { FeedDefinition } from '../../engine/definition/types.js';
import { plannedChunks } from './land-chunk.js';
import type { LandDeps } from './land-deps.js';
import { landStream } from './land-stream.js';
import { isReleased, readLoad, shownKey, type Load } from '../../gear/loads/load-row.js';
import { planLoad, rangeBytesOf, rangesAtOnce } from './plan-load.js';
import { takeBack } from './refuse-load.js';
import { feedOf, pipelineOf } from '../pipeline-set.js';
import { isReleaseDue, releaseDelayOf } from './release-time.js';
import type { ActivityScope } from '../run-activity.js';

/**
 * Lands one load: object -> scanner -> staging and quarantine, chunk by chunk, each committed with its state. Any attempt, by any
 * worker, goes on after the last committed chunk; a load that is no longer `claimed` is only reported. A large object is divided
 * instead: then the ranges are returned that `landRange` has yet to land.
 */
export async function landLoad(deps: LandDeps, loadId: number, scope: ActivityScope): Promise<LandResult | LandPlan> {
  const load = await readLoad(deps.warehouse, loadId);
  if (load.state === 'claimed') {
    const { feed } = await feedOf(deps.pipelines, load.pipeline, load.feed, deps.warehouse);
    try {
      const ranges = await landOrDivide(deps, load, feed, scope);
      if (ranges.length > 0) return { outcome: 'planned', ranges, atOnce: rangesAtOnce, object: shownKey(load.object.key) };
    } catch (error) {
      if (await takeBack(deps.warehouse, load, error, scope)) return landLoad(deps, loadId, scope);
    }
  }
  const landed = await readLoad(deps.warehouse, loadId);
  const result = {
    outcome: landed.state === 'claimed' || landed.state === 'processed' ? 'staged' : landed.state,
    ...landed.result,
  } as const;
  if (isReleased(load) || (await isLaterRelease(deps, load))) return { ...result, earlier: true };
  countLanded(landed, scope);
  return result;
}

/**
 * A landing came to its end some time ago, and left the source until its release is due. A load is listed again only then; a landing that
 * is tried again, or tells what its ranges came to, comes sooner.
 */
export async function isLaterRelease(deps: LandDeps, { loadId, pipeline, state, kind }: Load): Promise<boolean> {
  if (state === 'claimed' || kind === 'backfill') return false;
  const { definition } = await pipelineOf(deps.pipelines, pipeline, deps.warehouse);
  const delay = await releaseDelayOf(deps, definition);
  return delay > 0 && (await isReleaseDue(deps.warehouse, loadId, delay));
}

/** Returns the numbers of the ranges that are left when the load is one of ranges. */
async function landOrDivide(deps: LandDeps, load: Load, feed: FeedDefinition, scope: ActivityScope): Promise<readonly number[]> {
  const rangeBytes = rangeBytesOf(load.object.size, deps.rangeBytes);
  if (!load.header && rangeBytes !== undefined) await planLoad(deps, load, feed, rangeBytes, scope);
  const planned = await plannedChunks(deps.warehouse, load.loadId);
  const ranges = planned.filter(({ endOffset }) => endOffset !== undefined);
  // Without a planned chunk, another worker committed the last one in the meantime.
  if (ranges.length === 0 && planned[0]) await landStream(deps, load, feed, planned[0], scope);
  return ranges.map(({ number }) => number);
}

function countLanded(load: Load, scope: ActivityScope): void {
  const tags = { pipeline: load.pipeline, feed: load.feed };
  const { rowsStaged, rowsQuarantined, bytes, object } = load.result;
  scope.count('rowsStaged', rowsStaged, tags);
  scope.count('rowsQuarantined', rowsQuarantined, tags);
  scope.count('bytesRead', bytes, tags);
  if (load.state === 'refused') scope.count('filesRefused', 1, tags);
  scope.report({
    phase: 'landing',
    feed: load.feed,
    subject: object,
    message: `${object}: ${load.state}`,
    rows: rowsStaged,
    bytes,
    totalBytes: load.object.size,
    done: true,
  });
}
