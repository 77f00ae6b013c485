import { Context } from '@temporalio/activity';
import { ApplicationFailure, type Logger } from '@temporalio/common';
import type { ProgressTarget } from '../contracts/activities/refs.js';
import type { HeartbeatDetails, ProgressEvent } from '../contracts/progress.js';
import { duration } from '../contracts/format-times.js';
import { StrataError } from '../engine/strata-error.js';
import { workWatch, type WorkWatch } from '../connectors/work-watch.js';
import { counters, type Counter } from '../observability/counters.js';
import { activityFailure } from './activity-failure.js';
import { forgetRetry, noteRetry } from './retry-notes.js';
import { publishProgress } from './progress-publisher.js';

/** Often enough for a worker's death to be noticed within the heartbeat timeout of 20 s, and cancellation within about 5 s. */
const heartbeatInterval = 3_000;
/** Milliseconds that stalled work has to stop. Then it is abandoned, because a call to a disk that does not answer can't be stopped. */
const timeToStop = 15_000;

/** What the code of an activity gets from Temporal. */
export interface ActivityScope {
  /** Aborted when the activity is cancelled, paused or timed out, or its worker shuts down: stop, roll back, throw. */
  readonly signal: AbortSignal;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** Records progress for the next heartbeat and the run's progress stream. It is cheap: call it as often as you like. */
  report(event: ProgressEvent): void;
  /** Adds to a counter for Prometheus. */
  count(counter: Counter, value: number, tags: Readonly<Record<string, string>>): void;
  /** Structured log lines carry workflow and activity; never put values of rows into them. */
  readonly log: Logger;
}

/**
 * Runs the code of one activity: heartbeats while it runs, passes cancellation on as an abort signal and turns what it throws into
 * failures of the closed set (contracts/failures.ts). Unknown errors are retried a few times. Work that shows no sign of life for longer
 * than its watch allows is stopped, or abandoned, and fails as `unavailable`.
 */
export async function runActivity<Result>(
  options: {
    readonly progress?: ProgressTarget | undefined;
    /** The activity only waits for others, so it makes no progress that a watch could see. */
    readonly waits?: true;
  },
  work: (scope: ActivityScope) => Promise<Result>,
): Promise<Result> {
  const context = Context.current();
  const watch = options.waits ? undefined : workWatch();
  const stalled = new AbortController();
  const signal = AbortSignal.any([context.cancellationSignal, stalled.signal]);
  let latest: ProgressEvent | undefined;
  const timer = setInterval(() => {
    if (watch?.isSilent && !stalled.signal.aborted) stalled.abort(standstill(watch));
    context.heartbeat(watch ? detailsOf(latest, watch) : latest);
  }, heartbeatInterval);
  const scope: ActivityScope = {
    signal,
    attempt: context.info.attempt,
    log: context.log,
    report: (event) => {
      latest = event;
      watch?.sign();
      if (options.progress) publishProgress(options.progress, event);
    },
    count: (counter, value, tags) => {
      const { name, unit, description } = counters[counter];
      context.metricMeter.createCounter(name, unit, description).add(value, tags);
    },
  };
  try {
    signal.throwIfAborted();
    const result = await Promise.race([work(scope), leftBehind(stalled.signal)]);
    await forgetRetry();
    return result;
  } catch (error) {
    // Once cancelled, whatever the code threw is only how it stopped.
    if (context.cancellationSignal.aborted) throw context.cancellationSignal.reason;
    const failure = activityFailure(stalled.signal.aborted ? stalled.signal.reason : error, scope.attempt);
    if (failure instanceof ApplicationFailure && !failure.nonRetryable) await noteRetry(failure.message);
    else await forgetRetry();
    throw failure;
  } finally {
    clearInterval(timer);
  }
}

/** Of the last heartbeat, for Temporal Web: what was reported, and the statement or stream that is at work. */
function detailsOf(latest: ProgressEvent | undefined, { step, bytes }: WorkWatch): HeartbeatDetails {
  return { ...latest, ...(step === undefined ? {} : { step }), bytesMoved: bytes };
}

function standstill({ limit, step, stuckCall, bytes }: WorkWatch): StrataError {
  const time = duration(limit / 1_000);
  const last = step === undefined ? '' : ` Its last step was: ${step}.`;
  const what =
    stuckCall === undefined
      ? `nothing has moved for ${time}, after ${bytes} bytes.${last}`
      : `one call has given no answer for ${time}: ${stuckCall}.`;
  return new StrataError(
    'unavailable',
    `${what} The work was stopped and is tried again. Check the disk, the network and the servers that it uses`,
  );
}

function leftBehind(stalled: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) =>
    stalled.addEventListener('abort', () => setTimeout(() => reject(stalled.reason as Error), timeToStop), { once: true }),
  );
}
