import { WorkflowNotFoundError, type Client, type WorkflowExecutionDescription } from '@temporalio/client';
import { dateOf } from './date-of.js';
import { scheduledActivities } from './scheduled-activities.js';

type Described = NonNullable<WorkflowExecutionDescription['raw']['pendingActivities']>[number];
type Failure = NonNullable<Described['lastFailure']>;

/** PendingActivityState of Temporal's API. */
const states: Readonly<Record<number, PendingActivity['state']>> = {
  1: 'waiting',
  2: 'running',
  3: 'cancelling',
  4: 'paused',
  5: 'pausing',
};

/** An activity that a workflow waits for. */
export interface PendingActivity {
  readonly workflowId: string;
  /** Its type and, where it has one, its summary. */
  readonly activity: string;
  readonly state: 'waiting' | 'running' | 'cancelling' | 'paused' | 'pausing';
  readonly attempt: number;
  /** When the workflow asked for it: the first attempt. */
  readonly since: Date | undefined;
  /** Why the last attempt failed; absent while none has. */
  readonly failure?: string;
  /** The last attempt's worker gave no sign of life. */
  readonly isLost: boolean;
  readonly nextTry?: Date;
  /** Temporal's name of the worker that has or had it. */
  readonly worker?: string;
}

/** What the workflow waits for now. */
export async function pendingActivities(client: Client, description: WorkflowExecutionDescription): Promise<PendingActivity[]> {
  const pending = description.raw.pendingActivities ?? [];
  if (pending.length === 0) return [];
  const { workflowId, runId } = description;
  const asked = await scheduledActivities(
    client,
    { workflowId, runId },
    pending.map(({ activityId }) => activityId ?? ''),
  );
  return pending.map((each) => {
    const { summary, since } = asked.get(each.activityId ?? '') ?? {};
    const type = each.activityType?.name ?? '';
    return {
      workflowId,
      activity: summary ? `${type} (${summary})` : type,
      state: states[each.state ?? 0] ?? 'waiting',
      attempt: each.attempt ?? 1,
      since,
      isLost: hasTimedOut(each.lastFailure),
      ...(each.lastFailure ? { failure: failureText(each.lastFailure) } : {}),
      ...(each.nextAttemptScheduleTime ? { nextTry: dateOf(each.nextAttemptScheduleTime) } : {}),
      ...(each.lastWorkerIdentity ? { worker: each.lastWorkerIdentity } : {}),
    };
  });
}

function hasTimedOut(failure: Failure | null | undefined): boolean {
  return failure ? Boolean(failure.timeoutFailureInfo) || hasTimedOut(failure.cause) : false;
}

/** The innermost message, which is written for people; what Temporal says of lost workers in their words. */
export function failureText(failure: Failure): string {
  if (failure.cause) return failureText(failure.cause);
  if (failure.timeoutFailureInfo)
    return 'its worker gave no sign of life for some time. It was killed, stopped or cut off, or the work takes too long';
  const type = failure.applicationFailureInfo?.type;
  return `${type ? `${type}: ` : ''}${failure.message ?? ''}`;
}

/** Workflows looked at for activities that are tried again; of more the first ones say enough. */
const lookedAt = 100;
const sideBySide = 10;

/**
 * The activities for which these workflows wait, oldest request first. With `retried`, only activities that have failed and are tried
 * again.
 */
export async function activitiesOf(client: Client, workflowIds: readonly string[], only?: 'retried'): Promise<PendingActivity[]> {
  const found: PendingActivity[] = [];
  for (let from = 0; from < Math.min(lookedAt, workflowIds.length); from += sideBySide) {
    const some = workflowIds.slice(from, Math.min(lookedAt, from + sideBySide));
    found.push(...(await Promise.all(some.map((workflowId) => activitiesIn(client, workflowId, only)))).flat());
  }
  return found.sort((a, b) => (a.since?.getTime() ?? 0) - (b.since?.getTime() ?? 0));
}

async function activitiesIn(client: Client, workflowId: string, only: 'retried' | undefined): Promise<PendingActivity[]> {
  try {
    const description = await client.workflow.getHandle(workflowId).describe();
    const isWanted = ({ failure }: { failure?: unknown }) => only === undefined || Boolean(failure);
    // Histories are read only where there is something to say.
    if (!description.raw.pendingActivities?.some(({ lastFailure: failure }) => isWanted({ failure }))) return [];
    return (await pendingActivities(client, description)).filter(isWanted);
  } catch (error) {
    // It has ended meanwhile, and its history is gone.
    if (error instanceof WorkflowNotFoundError) return [];
    throw error;
  }
}
