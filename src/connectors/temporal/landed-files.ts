import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { defaultPayloadConverter, type SearchAttributeType } from '@temporalio/common';
import type { FeedRef, BundleResult } from '../../contracts/activities.js';
import type { PickupInput } from '../../contracts/workflows.js';
import { searchAttributes, workflowTypes } from '../../contracts/names.js';

/** A file that was landed, as Temporal remembers it. */
export interface LandedFile {
  readonly loadId: number;
  readonly feed: string;
  /** Its key, the last 200 characters. */
  readonly object: string;
  readonly outcome: string;
  /** ISO 8601 in UTC: when its workflow began. */
  readonly at: string;
}

export interface Landed {
  readonly pipeline: string;
  /** Landings and pickups that ended before are not looked at. */
  readonly since: Date | undefined;
}

const pageSize = 200;

/** The files that landings of the pipeline took from its source, by load id; small ones are in the histories of their pickups. */
export async function landedFiles(client: Client, { pipeline, since }: Landed): Promise<LandedFile[]> {
  const { pipeline: ofPipeline, loadId } = searchAttributes;
  const found = new Map<number, LandedFile>();
  const recent = since ? ` and (CloseTime > '${since.toISOString()}' or ExecutionStatus = 'Running')` : '';
  const alone = `${ofPipeline.name} = '${pipeline}' and WorkflowType = '${workflowTypes.land}' and ${loadId.name} > 0${recent}`;
  for await (const execution of client.workflow.list({ query: alone, pageSize })) {
    const id = attribute(execution, loadId.name);
    const object = attribute(execution, searchAttributes.object.name);
    const outcome = attribute(execution, searchAttributes.outcome.name);
    if (typeof id !== 'number' || typeof object !== 'string' || (outcome !== 'staged' && outcome !== 'refused')) continue;
    found.set(id, {
      loadId: id,
      feed: String(attribute(execution, searchAttributes.feed.name)),
      object,
      outcome,
      at: execution.startTime.toISOString(),
    });
  }
  const pickups = `${ofPipeline.name} = '${pipeline}' and WorkflowType = '${workflowTypes.pickup}'${recent}`;
  for await (const execution of client.workflow.list({ query: pickups, pageSize })) {
    for (const file of await bundledFiles(client, execution)) found.set(file.loadId, file);
  }
  return [...found.values()].sort((a, b) => a.loadId - b.loadId);
}

function attribute(execution: WorkflowExecutionInfo, name: string): unknown {
  return execution.typedSearchAttributes.getAll().find(({ key }: { key: { name: string; type: SearchAttributeType } }) => key.name === name)
    ?.value;
}

/** What bundles of a pickup landed; results of activities are JSON. */
async function bundledFiles(client: Client, { workflowId, runId }: WorkflowExecutionInfo): Promise<LandedFile[]> {
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const bundles = new Map<string, FeedRef>();
  const files: LandedFile[] = [];
  for (const event of events ?? []) {
    const begun = event.workflowExecutionStartedEventAttributes?.input?.payloads?.[0];
    // A backfill leaves its files where they are.
    if (begun && defaultPayloadConverter.fromPayload<PickupInput>(begun).source.kind !== 'feed') return [];
    const scheduled = event.activityTaskScheduledEventAttributes;
    const input = scheduled?.input?.payloads?.[0];
    if (scheduled?.activityType?.name === 'landBundle' && input)
      bundles.set(String(event.eventId), defaultPayloadConverter.fromPayload(input));
    const completed = event.activityTaskCompletedEventAttributes;
    const bundle = bundles.get(String(completed?.scheduledEventId));
    const result = completed?.result?.payloads?.[0];
    if (!bundle || !result) continue;
    const seconds = Number(event.eventTime?.seconds ?? 0);
    for (const { loadId, object, outcome } of defaultPayloadConverter.fromPayload<BundleResult>(result).released) {
      files.push({ loadId, feed: bundle.feed, object, outcome, at: new Date(seconds * 1_000).toISOString() });
    }
  }
  return files;
}
