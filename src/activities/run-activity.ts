import { Context } from '@temporalio/activity';
import { ApplicationFailure, type Logger } from '@temporalio/common';
import type { ProgressTarget } from '../contracts/activities.js';
import type { ProgressEvent } from '../contracts/progress.js';
import { counters, type Counter } from '../observability/counters.js';
import { activityFailure } from './activity-failure.js';
import { forgetRetry, noteRetry } from './retry-notes.js';
import { publishProgress } from './progress-publisher.js';

/** Often enough for a worker's death to be noticed within the heartbeat timeout of 20 s, and cancellation within about 5 s. */
const heartbeatInterval = 3_000;

/** What the code of an activity gets from Temporal. */
export interface ActivityScope {
  /** Aborted when the activity is cancelled, paused or timed out, or its worker shuts down: stop, roll back, throw. */
  readonly signal: AbortSignal;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** Keeps how far the work is for the next heartbeat and the run's progress stream; cheap, call it as often as you like. */
  report(event: ProgressEvent): void;
  /** Adds to a counter for Prometheus. */
  count(counter: Counter, value: number, tags: Readonly<Record<string, string>>): void;
  /** Structured log lines carry workflow and activity; never put values of rows into them. */
  readonly log: Logger;
}

/**
 * Runs the code of one activity: heartbeats while it runs, passes cancellation on as an abort signal and turns what it throws into
 * failures of the closed set (contracts/failures.ts). Unknown errors are retried a few times.
 */
export async function runActivity<Result>(
  options: { readonly progress?: ProgressTarget | undefined },
  work: (scope: ActivityScope) => Promise<Result>,
): Promise<Result> {
  const context = Context.current();
  const signal = context.cancellationSignal;
  let latest: ProgressEvent | undefined;
  const timer = setInterval(() => context.heartbeat(latest), heartbeatInterval);
  const scope: ActivityScope = {
    signal,
    attempt: context.info.attempt,
    log: context.log,
    report: (event) => {
      latest = event;
      if (options.progress) publishProgress(options.progress, event);
    },
    count: (counter, value, tags) => {
      const { name, unit, description } = counters[counter];
      context.metricMeter.createCounter(name, unit, description).add(value, tags);
    },
  };
  try {
    signal.throwIfAborted();
    const result = await work(scope);
    await forgetRetry();
    return result;
  } catch (error) {
    // Once cancelled, whatever the code threw is only how it stopped.
    if (signal.aborted) throw signal.reason;
    const failure = activityFailure(error, scope.attempt);
    if (failure instanceof ApplicationFailure && !failure.nonRetryable) await noteRetry(failure.message);
    else await forgetRetry();
    throw failure;
  } finally {
    clearInterval(timer);
  }
}
