import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Output } from './output.js';

const patience = 5_000;
/** TaskQueueType of Temporal's API. */
const workflowTasks = 1;

/** After 5 s says so when no worker serves the task queue: nothing else would tell why nothing moves. Never fails. */
export async function noteMissingWorker(out: Output, client: Client, taskQueue: string, signal: AbortSignal): Promise<void> {
  try {
    await sleep(patience, undefined, { signal });
    if (!(await hasWorker(client, taskQueue)) && !signal.aborted) {
      out.status('');
      out.note(`no worker serves the task queue ${taskQueue}; the run waits for one. Start it: strata worker`);
    }
  } catch {
    // Watching ended, or Temporal does not answer: both show elsewhere.
  }
}

/** Whether a worker has asked for workflow tasks of the queue in the last minutes. */
export async function hasWorker(client: Client, taskQueue: string): Promise<boolean> {
  const { namespace } = client.options;
  const { pollers } = await client.workflowService.describeTaskQueue({ namespace, taskQueue: { name: taskQueue }, taskQueueType: workflowTasks });
  const recent = Date.now() / 1_000 - 120;
  return (pollers ?? []).some(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) > recent);
}
