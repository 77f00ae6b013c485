import { Context } from '@temporalio/activity';
import type { RetryNote } from '../contracts/workflows.js';
import { retrySignal } from '../contracts/names.js';

/**
 * Whether this attempt tells its workflow why it failed. The first failure is often the last one, and each note costs the history a few
 * events. An outage of a day costs an activity about ten notes.
 */
function isNoted(attempt: number): boolean {
  return attempt >= 2 && (attempt & (attempt - 1)) === 0;
}

/** An attempt failed and Temporal tries again: its workflow shows the reason. Never fails. */
export async function noteRetry(reason: string): Promise<void> {
  const { attempt, activityId, activityType, scheduledTimestampMs } = Context.current().info;
  if (!isNoted(attempt)) return;
  await send({ activityId, retry: { activityType, attempt, reason, since: new Date(scheduledTimestampMs).toISOString() } });
}

/** The activity got through, or failed for good: its workflow shows the reason no longer. Never fails. */
export async function forgetRetry(): Promise<void> {
  const { attempt, activityId } = Context.current().info;
  if (attempt > 2) await send({ activityId });
}

/** Tried once, because `strata why` and Temporal Web's pending activities show the same. */
async function send(note: RetryNote): Promise<void> {
  try {
    const { client, info } = Context.current();
    const { workflowId, runId } = info.workflowExecution ?? {};
    if (workflowId) await client.workflow.getHandle(workflowId, runId).signal<[RetryNote]>(retrySignal, note);
  } catch {
    // The workflow has ended, or Temporal does not answer: the activity's own outcome says enough.
  }
}
