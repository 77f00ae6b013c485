import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { dateOf } from './date-of.js';

/** What waits was asked for among the last events but for very long histories. */
const pages = 5;
const pageSize = 200;

export interface ScheduledActivity {
  readonly summary: string | undefined;
  readonly since: Date | undefined;
}

/** What a workflow's history says of activities, by their ids; the newest events are read first, and no more than 1,000 of them. */
export async function scheduledActivities(
  client: Client,
  execution: { readonly workflowId: string; readonly runId: string },
  ids: readonly string[],
): Promise<ReadonlyMap<string, ScheduledActivity>> {
  const { namespace } = client.options;
  const wanted = new Set(ids);
  const found = new Map<string, ScheduledActivity>();
  let nextPageToken: Uint8Array | undefined;
  for (let page = 0; page < pages && wanted.size > 0; page += 1) {
    const answer = await client.workflowService.getWorkflowExecutionHistoryReverse({
      namespace,
      execution,
      maximumPageSize: pageSize,
      ...(nextPageToken ? { nextPageToken } : {}),
    });
    for (const event of answer.history?.events ?? []) {
      const id = event.activityTaskScheduledEventAttributes?.activityId ?? undefined;
      if (id === undefined || !wanted.delete(id)) continue;
      const summary = event.userMetadata?.summary;
      found.set(id, {
        summary: summary ? defaultPayloadConverter.fromPayload<string>(summary) : undefined,
        since: event.eventTime ? dateOf(event.eventTime) : undefined,
      });
    }
    nextPageToken = answer.nextPageToken?.length ? answer.nextPageToken : undefined;
    if (!nextPageToken) break;
  }
  return found;
}
