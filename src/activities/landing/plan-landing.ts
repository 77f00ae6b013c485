import type { LandPlan } from '../../contracts/activities/landing.js';
import type { FeedDefinition } from '../../engine/definition/types.js';
import { isPlain } from '../../engine/read/decode/decode.js';
import { planRanges } from '../../engine/read/csv/plan-ranges.js';
import { StrataError } from '../../engine/strata-error.js';
import { firstChunk, plannedChunks } from '../../gear/loads/chunks.js';
import { isReleased, landedOf, outcomeOf, readLoad, shownKey, wasLandedBefore, type Load } from '../../gear/loads/load-row.js';
import { divideLoad, type LandedLoad } from '../../gear/loads/load-states.js';
import { beginAppendLoad, leastRange } from '../append/begin-append.js';
import { landedRows } from '../append/appended-rows.js';
import { appendEntity } from '../../engine/entities/entity.js';
import { isAppendBegun } from '../../gear/append/append-loads.js';
import { dividedLoad } from './divided-load.js';
import { contractOf } from './file-columns.js';
import type { LandDeps } from './land-deps.js';
import { refuseFile } from './refuse-file.js';
import { isLaterRelease } from './release/release-time.js';
import { rollBackLoad } from './roll-back-load.js';
import { feedOf } from '../pipeline-set.js';
import type { ActivityScope } from '../run-activity.js';

const defaultRangeBytes = 8 << 20;
/** Each range is an activity in the history of its landing. */
const maxRanges = 64;
/** Each takes a connection and a core of the server. The number of ranges is a multiple of this, so that no range is left to land alone. */
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
 * Says what is left to land of a load, for any attempt by any worker. Committed chunks are not planned again. A large object of which
 * nothing is landed yet is first divided into ranges. A load that was landed after `since` still has to be counted, because the bundle that
 * landed it was stopped.
 */
export async function planLanding(deps: LandDeps, load: Load, scope: ActivityScope, since?: string): Promise<PlannedLoad> {
  const whole = { object: shownKey(load.object.key), atOnce: rangesAtOnce, landed: landedOf(load.result) };
  const outcome = outcomeOf(load.state);
  if (outcome !== null) {
    const earlier = wasLandedBefore(load, since) && (isReleased(load) || (await isLaterRelease(deps, load)));
    return { load, plan: { ...whole, ranges: [], outcome, ...(earlier && { earlier }) } };
  }
  if (await prepare(deps, load, scope)) return planLanding(deps, await readLoad(deps.warehouse, load.loadId), scope, since);
  const planned = load.header ? await plannedChunks(deps.warehouse, load.loadId) : [firstChunk];
  if (planned.length === 0) throw new StrataError('contention', `load ${load.loadId} was landed by another worker in the meantime`);
  const ranges = planned.flatMap(({ number, endOffset }) => (endOffset === undefined ? [] : [number]));
  return { load, plan: { ...whole, ranges: ranges.length > 0 ? ranges : ['open'], outcome } };
}

/** Reads an object once before it is landed where that is needed: true when it was. */
async function prepare(deps: LandDeps, load: Load, scope: ActivityScope): Promise<boolean> {
  if (load.header) return false;
  const { feed, staging, definition } = await feedOf(deps.pipelines, load.pipeline, load.feed, deps.warehouse);
  const rows = landedRows({ definition, feed, staging });
  const entity = appendEntity(definition, feed.name);
  if (entity && (await isAppendBegun(deps.warehouse, load.loadId))) return false;
  // Rows of a decoded object can be found only from its start.
  const isDivisible = isPlain(contractOf(load, feed).coding);
  const { size } = load.object;
  const rangeBytes = isDivisible ? rangeBytesOf(size, entity ? leastRange(size, deps.runBytes) : deps.rangeBytes) : undefined;
  if (!entity && rangeBytes === undefined) return false;
  const subject = shownKey(load.object.key);
  scope.report({ phase: 'landing', feed: load.feed, subject, message: `dividing ${subject} into ranges`, totalBytes: load.object.size });
  try {
    if (entity) await beginAppendLoad(deps, { load, feed, entity, rows, rangeBytes }, scope);
    else await divideStaged(deps, { load, feed, rows, rangeBytes: rangeBytes! }, scope);
  } catch (error) {
    await rollBackLoad(deps.warehouse, { load, rows }, error, scope);
  }
  return true;
}

interface Dividing extends LandedLoad {
  readonly feed: FeedDefinition;
  readonly rangeBytes: number;
}

/** One look at all bytes of the object finds where rows begin. A bad header refuses the load. */
async function divideStaged(deps: LandDeps, { load, rows, feed, rangeBytes }: Dividing, scope: ActivityScope): Promise<void> {
  const plan = await readRanges(deps, load, feed, rangeBytes, scope);
  if (plan.kind === 'bad_header') await refuseFile(deps.warehouse, { load, rows }, plan, scope);
  else await divideLoad(deps.warehouse, load, dividedLoad(load, feed, plan), scope);
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
