import type { Client } from '@temporalio/client';
import { activitiesOf, type PendingActivity } from '../connectors/temporal/pending-work.js';
import { runningWorkflows } from '../connectors/temporal/running.js';
import { duration, until } from '../contracts/format-times.js';

/** The activities of the pipeline that failed and are tried again, the one that was asked for first first. */
export async function retriesOf(client: Client, pipeline: string): Promise<PendingActivity[]> {
  return activitiesOf(
    client,
    (await runningWorkflows(client, pipeline, { incidents: true })).map(({ workflowId }) => workflowId),
    'retried',
  );
}

/** For people: what is tried again, since when, why and when next. */
export function retryLine(activity: PendingActivity): string {
  return `${activity.workflowId}: ${activity.activity} ${attempts(activity)}: ${activity.failure ?? ''}`;
}

/** Reads on after the activity's name. Work whose worker has gone did not fail itself. */
export function attempts({ state, attempt, since, nextTry, isLost }: PendingActivity): string {
  const next =
    state !== 'waiting'
      ? `it is ${state} now`
      : nextTry && nextTry.getTime() > Date.now()
        ? `next try ${until(nextTry)}`
        : 'it waits for a worker';
  if (isLost) return `is done again, ${elapsed(since)} after it was asked for (attempt ${attempt}, ${next})`;
  return `has been failing for ${elapsed(since)} (attempt ${attempt}, ${next})`;
}

/** Reads on after the activity's name: of one that has not failed. */
export function underWay({ state, since }: PendingActivity): string {
  return `${state === 'waiting' ? 'has waited for a worker' : `has been ${state}`} for ${elapsed(since)}`;
}

export function elapsed(since: Date | undefined): string {
  return since ? duration((Date.now() - since.getTime()) / 1_000) : 'some time';
}
