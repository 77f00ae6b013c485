import { setTimeout as sleep } from 'node:timers/promises';
import type { FeedRef, LandResult, SmallLoadsResult, SourceState } from '../../contracts/activities.js';
import { StrataError } from '../../engine/strata-error.js';
import { closedFailure } from '../activity-failure.js';
import type { LandDeps } from './land-deps.js';
import { isLaterRelease, landLoad } from './land-load.js';
import { landRange } from './land-range.js';
import { readLoads } from '../../gear/loads/load-row.js';
import { releaseSource } from './release-source.js';
import type { ActivityScope } from '../run-activity.js';
import { SmallLoadsTally } from './small-loads-tally.js';

/** Bounds of a batch; times in milliseconds. */
export interface BatchBounds {
  /** Loads at once, and so connections of a batch at most. */
  readonly lanes: number;
  /** What one load may take; a stuck file holds its lane no longer. */
  readonly load: number;
  /** After this no further load is begun, so that a batch is done before its pickup takes it for stuck. */
  readonly batch: number;
}

const defaultBounds: BatchBounds = { lanes: 4, load: 15_000, batch: 30_000 };
/** What is stopped lets go of what it holds within this time, or else is left behind: a disk that does not answer stops for nobody. */
const timeToStop = 10_000;
/** Twins may land the same loads: who lost a race for one finds it landed at the next look. */
const contentionAttempts = 5;

interface Landed {
  readonly landed: LandResult;
  readonly source: SourceState;
}

class TookTooLong extends StrataError {}

/**
 * Lands loads of small objects, a few at once, and releases their sources. Each load commits for itself, as if it were landed alone; one
 * that fails or takes too long is named in the result and stops no other one. Any attempt, by any worker, does what is left to do.
 * Throws `unavailable` when load after load fails so and none lands: then the store is at fault and not the files.
 */
export async function landSmallLoads(
  deps: LandDeps,
  input: FeedRef & { readonly loadIds: readonly number[] },
  scope: ActivityScope,
  bounds = defaultBounds,
): Promise<SmallLoadsResult> {
  const tally = new SmallLoadsTally(input, scope);
  const { queue, later } = await openLoads(deps, input.loadIds, tally);
  // Where nothing landed, the next attempt begins with other loads than those that failed or were under way.
  queue.push(...queue.splice(0, (3 * bounds.lanes * (scope.attempt - 1)) % Math.max(1, queue.length)));
  const hopeless = Math.min(2 * bounds.lanes, queue.length);
  const end = Date.now() + bounds.batch;
  const stop = new AbortController();
  const signal = AbortSignal.any([scope.signal, stop.signal]);
  let landed = 0;
  let unavailable = 0;

  const next = () => (signal.aborted || Date.now() >= end ? undefined : queue.shift());
  const lane = async () => {
    for (let loadId = next(); loadId !== undefined; loadId = next()) {
      const releasing = (result: LandResult) => tally.releasing(loadId, result);
      try {
        const { landed: result, source } = await landInTime(
          deps,
          loadId,
          { ...scope, signal, report: () => undefined },
          bounds.load,
          releasing,
        );
        if (later.has(loadId)) tally.letGo(loadId, result, source);
        else tally.landed(loadId, result, source);
        landed += 1;
      } catch (error) {
        signal.throwIfAborted();
        const failure = closedFailure(error);
        tally.failed(loadId, failure);
        if (failure.type === 'unavailable' && !(error instanceof TookTooLong)) unavailable += 1;
        if (landed === 0 && unavailable >= hopeless) throw error;
      }
    }
  };
  // All lanes have let go of what they held before the activity ends.
  await Promise.all(Array.from({ length: bounds.lanes }, () => lane().catch((error: unknown) => stop.abort(error))));
  signal.throwIfAborted();
  return tally.result(queue);
}

interface Open {
  readonly queue: number[];
  /** Those of them that only wait to be released: an earlier pickup landed and counted them. */
  readonly later: ReadonlySet<number>;
}

/** The loads that are not yet landed and released; an attempt before this one, or a twin, did the others, which are counted. */
async function openLoads(deps: LandDeps, loadIds: readonly number[], tally: SmallLoadsTally): Promise<Open> {
  const known = new Map((await readLoads(deps.warehouse, loadIds)).map((load) => [load.loadId, load]));
  const later = new Set<number>();
  const queue: number[] = [];
  for (const loadId of loadIds) {
    const load = known.get(loadId);
    if (load && load.state !== 'claimed' && load.sourceState !== 'present') {
      tally.landed(loadId, { outcome: load.state === 'processed' ? 'staged' : load.state, ...load.result }, load.sourceState);
      continue;
    }
    if (load && (await isLaterRelease(deps, load))) later.add(loadId);
    queue.push(loadId);
  }
  return { queue, later };
}

/** `landAndRelease`, stopped when it takes longer than `milliseconds`. */
async function landInTime(
  deps: LandDeps,
  loadId: number,
  scope: ActivityScope,
  milliseconds: number,
  releasing: (result: LandResult) => void,
): Promise<Landed> {
  const limit = new AbortController();
  const onAbort = () => limit.abort(scope.signal.reason);
  scope.signal.addEventListener('abort', onAbort, { once: true });
  const tooLong = new TookTooLong(
    'unavailable',
    `load ${loadId} took longer than the ${milliseconds / 1_000} s that a batch gives to a load`,
  );
  const timers = [setTimeout(() => limit.abort(tooLong), milliseconds)];
  const leftBehind = new Promise<never>((_resolve, reject) => timers.push(setTimeout(() => reject(tooLong), milliseconds + timeToStop)));
  try {
    return await Promise.race([landAndRelease(deps, loadId, { ...scope, signal: limit.signal }, releasing), leftBehind]);
  } catch (error) {
    throw limit.signal.aborted ? limit.signal.reason : error;
  } finally {
    timers.forEach(clearTimeout);
    scope.signal.removeEventListener('abort', onAbort);
  }
}

/** Calls `releasing` before the file may go: where that fails, nobody knows whether it went. */
async function landAndRelease(
  deps: LandDeps,
  loadId: number,
  scope: ActivityScope,
  releasing: (result: LandResult) => void,
): Promise<Landed> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const landed = await landLoad(deps, loadId, scope);
      // A worker with another size of ranges has divided it.
      if (landed.outcome === 'planned') {
        for (const range of landed.ranges) await landRange(deps, loadId, range, scope);
        continue;
      }
      if (landed.outcome === 'replaced' || landed.outcome === 'gone') return { landed, source: landed.outcome };
      releasing(landed);
      return { landed, ...(await releaseSource(deps, loadId, scope.signal)) };
    } catch (error) {
      if (closedFailure(error).type !== 'contention' || attempt === contentionAttempts) throw error;
      await sleep(50 * 2 ** attempt, undefined, { signal: scope.signal });
    }
  }
}
