import { Context } from '@temporalio/activity';
import { WorkflowFailedError } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import type { LandResult } from '../contracts/activities.js';
import type { LandReport } from '../contracts/workflows.js';
import { StrataError } from '../engine/strata-error.js';

/**
 * Waits until the workflow of the id ended. Null when it failed, or the server does not know it any more; the state of its load
 * in the warehouse is what counts then.
 */
export async function awaitLanding(input: { readonly workflowId: string }): Promise<LandResult | null> {
  const { client } = Context.current();
  try {
    return (await client.workflow.getHandle(input.workflowId).result()) as LandReport;
  } catch (error) {
    if (error instanceof WorkflowFailedError || error instanceof WorkflowNotFoundError) return null;
    throw new StrataError('unavailable', `Temporal did not tell the end of ${input.workflowId}`, { cause: error });
  }
}
