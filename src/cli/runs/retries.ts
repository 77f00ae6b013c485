import type { PendingActivity } from '../../connectors/temporal/pending-work.js';
import { duration, until } from '../time.js';

/** For people: what is tried again, since when, why and when next. */
export function retryLine(activity: PendingActivity): string {
  return `${activity.workflowId}: ${activity.activity} ${attempts(activity)}: ${activity.failure ?? ''}`;
}

/** Reads on after the activity's name. */
export function attempts({ state, attempt, since, nextTry }: PendingActivity): string {
  const next = state !== 'waiting' ? `it is ${state} now` : nextTry && nextTry.getTime() > Date.now() ? `next try ${until(nextTry)}` : 'it waits for a worker';
  return `has not come through for ${elapsed(since)} (attempt ${attempt}, ${next})`;
}

export function elapsed(since: Date | undefined): string {
  return since ? duration((Date.now() - since.getTime()) / 1_000) : 'some time';
}
