import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { signalArrivals } from '../../connectors/temporal/signal-arrivals.js';
import type { FeedRef } from '../../contracts/activities/refs.js';
import { arrivalSignals } from '../../contracts/names.js';

/** Signals staged loads to `followArrivals`. A second signal is harmless: it looks for staged loads and finds none. */
export async function signalStagedLoads({ pipeline, feed }: FeedRef): Promise<void> {
  const { client, info } = Context.current();
  try {
    await signalArrivals(client, info.taskQueue, pipeline, arrivalSignals.landed, [feed]);
  } catch {
    throw ApplicationFailure.create({
      type: 'unavailable',
      message: `Temporal does not take the signal that ${pipeline}/${feed} has staged loads`,
    });
  }
}
