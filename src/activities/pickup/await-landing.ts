import { Context } from '@temporalio/activity';
import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure, ApplicationFailureCategory, WorkflowNotFoundError } from '@temporalio/common';
import type { LandResult } from '../../contracts/activities/landing.js';

const longestDelay = 15;

/**
 * Waits until the workflow of the id ended. Null when it failed, or the server does not know it any more; the state of its load
 * in the warehouse is what counts then. It looks and comes again by Temporal's retry: one that waited here would hold a slot that
 * the landing itself may need.
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
