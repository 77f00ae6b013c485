import { setTimeout as sleep } from 'node:timers/promises';
import type { FeedRef } from '../../contracts/activities/refs.js';
import type { BundleResult, LandResult } from '../../contracts/activities/landing.js';
import { landInRanges, type InRanges } from '../../contracts/land-in-ranges.js';
import { onAbort } from '../../connectors/on-abort.js';
import { StrataError } from '../../engine/strata-error.js';
import { outcomeOf, readLoad, readLoads, unknownLoad, wasLandedBefore, type Load } from '../../gear/loads/load-row.js';
import { closedFailure } from '../activity-failure.js';
import { BundleTally } from './bundle-tally.js';
import type { LandDeps } from './land-deps.js';
import { landRange } from './land-range.js';
import { planLanding, type PlannedLoad } from './plan-landing.js';
import { isLaterRelease } from './release/release-time.js';
import { settleLanding } from './release/settle-landing.js';
import type { ActivityScope } from '../run-activity.js';

/** Bounds of a bundle; times in milliseconds. */
export interface BundleBounds {
  /** Loads at once, and so connections of a bundle at most. */
  readonly lanes: number;
  /** What one load may take; a stuck file holds its lane no longer. */
  readonly load: number;
  /** After this no further load is begun, so that a bundle is done before its pickup takes it for stuck. */
  readonly bundle: number;
}

export const defaultBounds: BundleBounds = { lanes: 4, load: 15_000, bundle: 30_000 };
/**
 * Milliseconds that a stopped load has to release what it holds. Then it is abandoned, because a disk that does not answer can't be
 * stopped.
 */
const timeToStop = 10_000;
/** Duplicate attempts may land the same loads. An attempt that lost a race for a load plans it again, and finds it landed. */
const contentionAttempts = 5;

class TookTooLong extends StrataError {}

/**
 * Lands loads of small objects, a few at once, and settles them. Each load commits by itself, as if it were landed alone. A load
 * that fails or takes too long is named in the result and stops no other load. A new attempt, by any worker, does the rest.
 * Throws `unavailable` when loads fail that way and none lands: then the store is at fault, not the files.
 */
export async function landBundle(
  deps: LandDeps,
  input: FeedRef & { readonly loadIds: readonly number[]; readonly since?: string | undefined },
  scope: ActivityScope,
  bounds = defaultBounds,
): Promise<BundleResult> {
  const tally = new BundleTally(input, scope);
  const queue = await openLoads(deps, input, tally);
  // Where nothing landed, the next attempt begins with other loads than those that failed or were under way.
  queue.push(...queue.splice(0, (3 * bounds.lanes * (scope.attempt - 1)) % Math.max(1, queue.length)));
  const hopeless = Math.min(2 * bounds.lanes, queue.length);
  const end = Date.now() + bounds.bundle;
  const stop = new AbortController();
  const signal = AbortSignal.any([scope.signal, stop.signal]);
  let landed = 0;
  let unavailable = 0;

  /**
   * Keys that are being landed. Versions of one object are landed one after the other, so that each sees the result of the one before it.
   */
  const busy = new Set<string>();
  const next = () => {
    const index = signal.aborted || Date.now() >= end ? -1 : queue.findIndex(({ load }) => !busy.has(load.object.key));
    return index < 0 ? undefined : queue.splice(index, 1)[0];
  };
  const lane = async () => {
    for (let open = next(); open !== undefined; open = next()) {
      const { load, isLater } = open;
      busy.add(load.object.key);
      try {
        const laneScope = { ...scope, signal, report: () => undefined };
        const result = await landInTime(deps, load, laneScope, bounds.load, (ended) => tally.releasing(load.loadId, ended));
        if (isLater) tally.letGo(load.loadId, result);
        else tally.landed(load.loadId, result);
        landed += 1;
      } catch (error) {
        signal.throwIfAborted();
        const failure = closedFailure(error);
        tally.failed(load.loadId, failure);
        if (failure.type === 'unavailable' && !(error instanceof TookTooLong)) unavailable += 1;
        if (landed === 0 && unavailable >= hopeless) throw error;
      } finally {
        busy.delete(load.object.key);
      }
    }
  };
  // All lanes have let go of what they held before the activity ends.
  await Promise.all(Array.from({ length: bounds.lanes }, () => lane().catch((error: unknown) => stop.abort(error))));
  signal.throwIfAborted();
  return tally.result(queue.map(({ load }) => load.loadId));
}

interface OpenLoad {
  readonly load: Load;
  /** It only waits to be released: an earlier pickup landed and counted it. */
  readonly isLater: boolean;
}

/** The loads that are not yet landed and released; an attempt before this one, or a duplicate, did the others, which are counted. */
async function openLoads(
  deps: LandDeps,
  { loadIds, since }: { readonly loadIds: readonly number[]; readonly since?: string | undefined },
  tally: BundleTally,
): Promise<OpenLoad[]> {
  const known = new Map((await readLoads(deps.warehouse, loadIds)).map((load) => [load.loadId, load]));
  const open: OpenLoad[] = [];
  for (const loadId of loadIds) {
    const load = known.get(loadId);
    const outcome = load ? outcomeOf(load.state) : null;
    if (!load) tally.failed(loadId, closedFailure(unknownLoad(loadId)));
    else if (outcome !== null && load.sourceState !== 'present')
      tally.landed(loadId, { outcome, ...load.result, source: load.sourceState });
    else open.push({ load, isLater: wasLandedBefore(load, since) && (await isLaterRelease(deps, load)) });
  }
  return open;
}

/** `landAndSettle`, stopped when it takes longer than `milliseconds`. */
async function landInTime(
  deps: LandDeps,
  load: Load,
  scope: ActivityScope,
  milliseconds: number,
  releasing: (ended: InRanges) => void,
): Promise<LandResult> {
  const limit = new AbortController();
  const forget = onAbort(scope.signal, () => limit.abort(scope.signal.reason));
  const tooLong = new TookTooLong(
    'unavailable',
    `load ${load.loadId} took longer than the ${milliseconds / 1_000} s that a bundle gives to a load`,
  );
  const timers = [setTimeout(() => limit.abort(tooLong), milliseconds)];
  const leftBehind = new Promise<never>((_resolve, reject) => timers.push(setTimeout(() => reject(tooLong), milliseconds + timeToStop)));
  try {
    return await Promise.race([landAndSettle(deps, load, { ...scope, signal: limit.signal }, releasing), leftBehind]);
  } catch (error) {
    throw limit.signal.aborted ? limit.signal.reason : error;
  } finally {
    timers.forEach(clearTimeout);
    forget();
  }
}

/** Does what the workflow of one load does. Calls `releasing` before the file is released: if the release fails, the file may be gone. */
async function landAndSettle(
  deps: LandDeps,
  listed: Load,
  scope: ActivityScope,
  releasing: (ended: InRanges) => void,
): Promise<LandResult> {
  const current = () => readLoad(deps.warehouse, listed.loadId);
  let planned: PlannedLoad | undefined;
  const plan = async (load: Load) => {
    planned = await planLanding(deps, load, scope);
    // One connection a load: its ranges, which a worker with another size of them made, go one after the other.
    return { ...planned.plan, atOnce: 1 };
  };
  for (let attempt = 1; ; attempt += 1) {
    try {
      const ended = await landInRanges({
        plan: async () => plan(planned ? await current() : listed),
        land: (range) => landRange(deps, planned?.load ?? listed, range, scope),
      });
      releasing(ended);
      return await settleLanding(deps, await current(), ended, scope);
    } catch (error) {
      if (closedFailure(error).type !== 'contention' || attempt === contentionAttempts) throw error;
      await sleep(50 * 2 ** attempt, undefined, { signal: scope.signal });
    }
  }
}
