import type { LandPlan } from '../../contracts/activities/landing.js';
import type { FeedDefinition } from '../../engine/definition/types.js';
import { isPlain } from '../../engine/read/decode/decode.js';
import { planRanges, type RangePlan } from '../../engine/read/csv/plan-ranges.js';
import { StrataError } from '../../engine/strata-error.js';
import { firstChunk, plannedChunks } from '../../gear/loads/chunks.js';
import { isReleased, landedOf, outcomeOf, readLoad, shownKey, wasLandedBefore, type Load } from '../../gear/loads/load-row.js';
import { divideLoad, type DividedLoad } from '../../gear/loads/load-states.js';
import { columnNames, contractOf } from './file-columns.js';
import type { LandDeps } from './land-deps.js';
import { refuseFile } from './refuse-file.js';
import { isLaterRelease } from './release-time.js';
import { rollBackLoad } from './roll-back-load.js';
import { feedOf } from '../pipeline-set.js';
import type { ActivityScope } from '../run-activity.js';

const defaultRangeBytes = 8 << 20;
/** Each range is an activity in the history of its landing. */
const maxRanges = 64;
/** Each takes a connection and a core of the server; their number is a multiple of this, so that none is left to be landed alone. */
const rangesAtOnce = 4;

/** A plan, with the load as it was then. */
export interface PlannedLoad {
  readonly plan: LandPlan;
  readonly load: Load;
}

/** Bytes of a range for an object of that size; undefined when the object is small enough for one stream. */
export function rangeBytesOf(size: number, least = defaultRangeBytes): number | undefined {
  const most = Math.min(maxRanges, Math.floor(size / least));
  if (most < 2) return undefined;
  const count = most > rangesAtOnce ? most - (most % rangesAtOnce) : most;
  return Math.ceil(size / count);
}

/**
 * Says what is left to land of a load, for any attempt by any worker: what is committed is not planned again. The object is divided
 * first where it is large and nothing of it is landed yet. What was landed after `since` counts: a bundle that was stopped did not.
 */
export async function planLanding(deps: LandDeps, load: Load, scope: ActivityScope, since?: string): Promise<PlannedLoad> {
  const whole = { object: shownKey(load.object.key), atOnce: rangesAtOnce, landed: landedOf(load.result) };
  const outcome = outcomeOf(load.state);
  if (outcome !== null) {
    const earlier = wasLandedBefore(load, since) && (isReleased(load) || (await isLaterRelease(deps, load)));
    return { load, plan: { ...whole, ranges: [], outcome, ...(earlier && { earlier }) } };
  }
  const rangeBytes = (await isDivisible(deps, load)) ? rangeBytesOf(load.object.size, deps.rangeBytes) : undefined;
  if (rangeBytes !== undefined) {
    await divide(deps, load, rangeBytes, scope);
    return planLanding(deps, await readLoad(deps.warehouse, load.loadId), scope, since);
  }
  const planned = load.header ? await plannedChunks(deps.warehouse, load.loadId) : [firstChunk];
  if (planned.length === 0) throw new StrataError('contention', `load ${load.loadId} was landed by another worker in the meantime`);
  const ranges = planned.flatMap(({ number, endOffset }) => (endOffset === undefined ? [] : [number]));
  return { load, plan: { ...whole, ranges: ranges.length > 0 ? ranges : ['open'], outcome } };
}

/** Rows of a decoded object can be found only from its start. */
async function isDivisible(deps: LandDeps, load: Load): Promise<boolean> {
  if (load.header) return false;
  const { feed } = await feedOf(deps.pipelines, load.pipeline, load.feed, deps.warehouse);
  return isPlain(contractOf(load, feed).coding);
}

/** One look at all bytes of the object finds where rows begin. A bad header refuses the load. */
async function divide(deps: LandDeps, load: Load, rangeBytes: number, scope: ActivityScope): Promise<void> {
  const { feed, staging } = await feedOf(deps.pipelines, load.pipeline, load.feed, deps.warehouse);
  const subject = shownKey(load.object.key);
  scope.report({ phase: 'landing', feed: load.feed, subject, message: `dividing ${subject} into ranges`, totalBytes: load.object.size });
  try {
    const plan = await readRanges(deps, load, feed, rangeBytes, scope);
    if (plan.kind === 'bad_header') await refuseFile(deps.warehouse, { load, staging }, plan, scope);
    else await divideLoad(deps.warehouse, load, divided(load, feed, plan), scope);
  } catch (error) {
    await rollBackLoad(deps.warehouse, { load, staging }, error, scope);
  }
}

async function readRanges(
  deps: LandDeps,
  load: Load,
  feed: FeedDefinition,
  rangeBytes: number,
  scope: ActivityScope,
): ReturnType<typeof planRanges> {
  const source = await deps.stores.open(load.storeUrl).read(load.object, { start: 0, signal: scope.signal });
  try {
    return await planRanges(contractOf(load, feed), source as AsyncIterable<Uint8Array>, rangeBytes);
  } finally {
    source.destroy();
  }
}

function divided(load: Load, feed: FeedDefinition, plan: RangePlan): DividedLoad {
  const contract = contractOf(load, feed);
  return {
    header: columnNames(plan.columnOrder, contract),
    contract: contract.checksum,
    headerBytes: plan.starts[0]!.offset,
    ranges: plan.starts.map(({ offset, line }, number) => ({
      number,
      startOffset: offset,
      startLine: line,
      endOffset: plan.starts[number + 1]?.offset ?? plan.end,
    })),
  };
}
