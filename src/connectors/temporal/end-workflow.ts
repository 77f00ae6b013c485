import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowNotFoundError, type Client, type WorkflowExecutionDescription } from '@temporalio/client';

export type Ended = 'terminated' | 'cancelled' | 'ended by itself' | 'asked to end';

/** Looks whether a workflow has ended so often, in milliseconds. */
const interval = 500;

/** Ends that run at once, whoever serves it or not; what its activities have committed stays. */
export async function terminate(
  client: Client,
  { workflowId, runId }: { workflowId: string; runId?: string },
  reason: string,
): Promise<Ended> {
  const done = await unlessEnded(() => client.workflow.getHandle(workflowId, runId).terminate(reason));
  return done ? 'terminated' : 'ended by itself';
}

/** Asks the workflow to end, and waits so many milliseconds until its activities have noticed. */
export async function cancel(client: Client, workflowId: string, patience: number): Promise<Ended> {
  const handle = client.workflow.getHandle(workflowId);
  const first = firstRunOf(await handle.describe());
  if (!(await unlessEnded(() => handle.cancel()))) return 'ended by itself';
  const late = Date.now() + patience;
  for (;;) {
    const now = await handle.describe();
    // It may be started again at once, as what follows arrivals is.
    if (now.status.name === 'CANCELLED' || firstRunOf(now) !== first) return 'cancelled';
    if (now.status.name !== 'RUNNING') return 'ended by itself';
    if (Date.now() > late) return 'asked to end';
    await sleep(interval);
  }
}

/** The same for all runs that continue one another. */
function firstRunOf({ raw, runId }: WorkflowExecutionDescription): string {
  return raw.workflowExecutionInfo?.firstRunId || runId;
}

/** False when there is no such run any more. */
async function unlessEnded(request: () => Promise<unknown>): Promise<boolean> {
  try {
    await request();
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
