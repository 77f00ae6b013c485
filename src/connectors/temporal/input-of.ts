import { isGrpcServiceError, type Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';

/** Of gRPC. */
const notFound = 5;

/** What a workflow was started with. Undefined where its history does not tell any more. */
export async function inputOf(client: Client, workflowId: string): Promise<readonly unknown[] | undefined> {
  const { raw, runId } = await client.workflow.getHandle(workflowId).describe();
  try {
    // A run that goes on as a new one is given what it has done so far.
    const execution = { workflowId, runId: raw.workflowExecutionInfo?.firstRunId || runId };
    const { namespace } = client.options;
    const { history } = await client.workflowService.getWorkflowExecutionHistory({ namespace, execution, maximumPageSize: 1 });
    const input = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input;
    return input?.payloads?.map((payload) => defaultPayloadConverter.fromPayload<unknown>(payload));
  } catch (error) {
    if (isGrpcServiceError(error) && Number(error.code) === notFound) return undefined;
    throw error;
  }
}
