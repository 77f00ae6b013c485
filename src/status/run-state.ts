import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { failureText, pendingActivities, type PendingActivity } from '../connectors/temporal/pending-work.js';
import { settled } from '../connectors/temporal/outcome.js';
import type { TaskQueues } from './task-queues.js';

/** Workflows looked at below one. */
const mostChildren = 20;
/** Runs start pickups, these landings. */
const deepest = 4;

/** What a run does or how it ended, with the runs that it waits for. */
export interface RunState {
  readonly workflowId: string;
  readonly type: string;
  readonly taskQueue: string;
  /** As Temporal calls it, in lower case: running, completed, failed, ... */
  readonly status: string;
  readonly started: Date;
  readonly ended: Date | undefined;
  /** That no worker serves its task queue, while it runs. */
  readonly unserved: string | undefined;
  /** That workers take the workflow's next step and fail at it. */
  readonly stuck: string | undefined;
  readonly activities: readonly PendingActivity[];
  readonly children: readonly RunState[];
  readonly moreChildren: number;
  readonly failures: readonly string[];
}

/** Undefined when Temporal knows none of this id. */
export async function runState(client: Client, queues: TaskQueues, workflowId: string, depth = 1): Promise<RunState | undefined> {
  const handle = client.workflow.getHandle(workflowId);
  try {
    const description = await handle.describe();
    const { type, taskQueue, startTime, closeTime, raw } = description;
    const isRunning = description.status.name === 'RUNNING';
    const pendingChildren = isRunning && depth < deepest ? (raw.pendingChildren ?? []) : [];
    const children = await Promise.all(
      pendingChildren.slice(0, mostChildren).map((child) => runState(client, queues, child.workflowId ?? '', depth + 1)),
    );
    const { isServed, problem } = isRunning ? await queues.state(taskQueue) : { isServed: true, problem: '' };
    return {
      workflowId,
      type,
      taskQueue,
      status: description.status.name.toLowerCase().replaceAll('_', ' '),
      started: startTime,
      ended: closeTime,
      unserved: isServed ? undefined : problem,
      stuck: isRunning
        ? await stuckTask(client, { workflowId, runId: description.runId }, raw.pendingWorkflowTask?.attempt ?? 1)
        : undefined,
      activities: await pendingActivities(client, description),
      children: children.filter((child) => child !== undefined),
      moreChildren: Math.max(0, pendingChildren.length - mostChildren),
      failures: isRunning ? [] : (await settled(handle)).failures,
    };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

/** The workflow's own code fails and is tried again for ever: a worker of another version, or a mistake. */
async function stuckTask(client: Client, execution: { workflowId: string; runId: string }, attempt: number): Promise<string | undefined> {
  if (attempt <= 1) return undefined;
  const { namespace } = client.options;
  const { history } = await client.workflowService.getWorkflowExecutionHistoryReverse({ namespace, execution, maximumPageSize: 10 });
  const failure = history?.events?.map((event) => event.workflowTaskFailedEventAttributes?.failure).find((each) => each);
  const why = failure ? failureText(failure) : 'no worker brought it to an end in time';
  return `its next step has failed, attempt ${attempt}: ${why}. Restart the workers with the version that began it, or run: strata cancel ${execution.workflowId} --force`;
}
