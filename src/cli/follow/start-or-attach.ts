import { isDeepStrictEqual } from 'node:util';
import type { Client, WorkflowHandle, WorkflowStartOptions } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { inputOf } from '../../connectors/temporal/input-of.js';
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

/**
 * The same for work that does no more than its input says. Throws when a run of the id goes on that was given another input: its end says
 * nothing of what is wanted now.
 */
export async function startOrAttachToSame(...[cli, project, client, type, options]: Parameters<typeof startOrAttach>): Promise<Started> {
  const started = await startOrAttach(cli, project, client, type, options);
  if (!started.attached) return started;
  const wanted: unknown = JSON.parse(JSON.stringify(options.args ?? []));
  if (isDeepStrictEqual(await inputOf(client, options.workflowId), wanted)) return started;
  throw new StrataError(
    'contention',
    `${options.workflowId} runs already, and was asked for something else. Call this command again when that run has ended`,
  );
}

async function refuseUnserved(queues: TaskQueues, workflowId: string, taskQueue: string): Promise<void> {
  const { isServed, problem } = await queues.state(taskQueue);
  if (isServed) return;
  throw new StrataError(
    'misconfigured',
    `${workflowId} runs already and waits for ever: ${problem}. To end it, run: strata cancel ${workflowId} (what it committed stays), then call this command again`,
  );
}
