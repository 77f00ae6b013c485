import { Context } from '@temporalio/activity';
import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure, ApplicationFailureCategory, WorkflowNotFoundError } from '@temporalio/common';
import type { LandResult } from '../../contracts/activities/landing.js';

const longestDelay = 15;

/**
 * The result of the workflow with that id. Null if it failed, or if the server no longer knows it: then the state of its load in the
 * warehouse counts. Throws while the workflow runs, and Temporal retries. An activity that waited would hold a slot that the landing itself
 * may need.
 */
export async function awaitLanding(input: { readonly workflowId: string }): Promise<LandResult | null> {
  const { client, info } = Context.current();
  const handle = client.workflow.getHandle(input.workflowId);
  try {
    const { status } = await handle.describe();
    if (status.name !== 'RUNNING') return (await handle.result()) as LandResult;
  } catch (error) {
    if (error instanceof WorkflowFailedError || error instanceof WorkflowNotFoundError) return null;
    throw ApplicationFailure.create({ type: 'unavailable', message: `Temporal does not say how ${input.workflowId} is` });
  }
  throw ApplicationFailure.create({
    type: 'contention',
    category: ApplicationFailureCategory.BENIGN,
    message: `${input.workflowId} still runs`,
    nextRetryDelay: `${Math.min(info.attempt, longestDelay)} seconds`,
  });
}
