import type { Client, WorkflowHandle, WorkflowStartOptions } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';

/** Starts the workflow; when one of its id runs already, that one is taken. */
export async function startOrAttach(
  client: Client,
  type: string,
  options: WorkflowStartOptions & { workflowId: string },
): Promise<{ handle: WorkflowHandle; attached: boolean }> {
  try {
    return { handle: await client.workflow.start(type, options), attached: false };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return { handle: client.workflow.getHandle(options.workflowId), attached: true };
  }
}
