import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { defaultPayloadConverter, type Payload, type SearchAttributeType } from '@temporalio/common';
import type { FeedRef } from '../../contracts/activities/refs.js';
import type { ClaimResult, OpenLoads } from '../../contracts/activities/pickup.js';
import type { BundleResult } from '../../contracts/activities/landing.js';
import type { PickupInput } from '../../contracts/workflows.js';
import { searchAttributes, workflowTypes } from '../../contracts/names.js';

/** A file that was landed, as Temporal remembers it. */
export interface LandedFile {
  readonly loadId: number;
  readonly feed: string;
  /** Its key, the last 200 characters. */
  readonly object: string;
  /** `unknown` where the worker that landed it died before it could tell. */
  readonly outcome: 'staged' | 'refused' | 'unknown';
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

/** What bundles of a pickup landed, or may have landed; inputs and results of activities are JSON. */
async function bundledFiles(client: Client, { workflowId, runId }: WorkflowExecutionInfo): Promise<LandedFile[]> {
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const names = new Map<number, string>();
  const scheduled = new Map<string, Scheduled>();
  const files = new Map<number, LandedFile>();
  /** Starts of activities after a first attempt, which may have done something that nobody heard of. */
  const later = new Set<string>();
  for (const event of events ?? []) {
    const begun = event.workflowExecutionStartedEventAttributes?.input?.payloads?.[0];
    // A backfill leaves its files where they are.
    if (begun && defaultPayloadConverter.fromPayload<PickupInput>(begun).source.kind !== 'feed') return [];
    const at = new Date(Number(event.eventTime?.seconds ?? 0) * 1_000).toISOString();
    const { activityType, input } = event.activityTaskScheduledEventAttributes ?? {};
    if (activityType?.name) scheduled.set(String(event.eventId), { type: activityType.name, input: input?.payloads?.[0], at });
    if ((event.activityTaskStartedEventAttributes?.attempt ?? 1) > 1) later.add(String(event.eventId));
    const completed = event.activityTaskCompletedEventAttributes;
    const result = completed?.result?.payloads?.[0];
    const activity = scheduled.get(String(completed?.scheduledEventId));
    if (!completed || !activity || !result) continue;
    if (activity.type === 'claimObjects') addNames(names, defaultPayloadConverter.fromPayload<ClaimResult>(result).open);
    if (activity.type === 'listOpenLoads') addNames(names, defaultPayloadConverter.fromPayload<OpenLoads>(result));
    if (activity.type !== 'landBundle' || !activity.input) continue;
    const { feed } = defaultPayloadConverter.fromPayload<FeedRef>(activity.input);
    const { released } = defaultPayloadConverter.fromPayload<BundleResult>(result);
    for (const file of released) files.set(file.loadId, { ...file, feed, at });
    // It tells of all that it did.
    if (!later.has(String(completed.startedEventId))) scheduled.delete(String(completed.scheduledEventId));
  }
  for (const { type, input, at } of scheduled.values()) {
    if (type !== 'landBundle' || !input) continue;
    const { feed, loadIds } = defaultPayloadConverter.fromPayload<FeedRef & { readonly loadIds: readonly number[] }>(input);
    for (const loadId of loadIds) {
      const object = names.get(loadId);
      if (object !== undefined && !files.has(loadId)) files.set(loadId, { loadId, feed, object, outcome: 'unknown', at });
    }
  }
  return [...files.values()];
}

interface Scheduled {
  readonly type: string;
  readonly input: Payload | null | undefined;
  readonly at: string;
}

function addNames(names: Map<number, string>, open: OpenLoads | undefined): void {
  open?.small.forEach((loadId, index) => names.set(loadId, open.objects[index] ?? ''));
}
