import type { Client, WorkflowHandle, WorkflowStartOptions } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { Project } from '../../config/load-project.js';
import { StrataError } from '../../engine/strata-error.js';
import type { Cli } from '../cli.js';
import { TaskQueues } from '../../status/task-queues.js';
import { warehouseMemo } from './warehouse-memo.js';

export interface Started {
  readonly handle: WorkflowHandle;
  /** It ran already. */
  readonly attached: boolean;
  /** The run's own, which need not be that of the settings. */
  readonly taskQueue: string;
}

/**
 * Starts the workflow on the task queue of the settings; when one of its id runs already, that one is taken. Throws when that one
 * waits on another task queue that no worker serves: who watched it would wait for ever.
 */
export async function startOrAttach(
  cli: Cli,
  project: Project,
  client: Client,
  type: string,
  options: Omit<WorkflowStartOptions, 'taskQueue'> & { workflowId: string },
): Promise<Started> {
  const { taskQueue } = project.settings;
  const { workflowId } = options;
  const memo = await warehouseMemo(cli, project);
  try {
    return { handle: await client.workflow.start(type, { ...options, taskQueue, ...(memo && { memo }) }), attached: false, taskQueue };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    const handle = client.workflow.getHandle(workflowId);
    const { taskQueue: itsOwn } = await handle.describe();
    if (itsOwn !== taskQueue) await refuseUnserved(await TaskQueues.look(cli, project, client), workflowId, itsOwn);
    return { handle, attached: true, taskQueue: itsOwn };
  }
}

async function refuseUnserved(queues: TaskQueues, workflowId: string, taskQueue: string): Promise<void> {
  const { isServed, problem } = await queues.state(taskQueue);
  if (isServed) return;
  throw new StrataError(
    'misconfigured',
    `${workflowId} runs already and waits for ever: ${problem}. To end it, run: strata cancel ${workflowId} (what it committed stays), then call this command again`,
  );
}
