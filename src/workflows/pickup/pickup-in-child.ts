import { executeChild, ParentClosePolicy, workflowInfo } from '@temporalio/workflow';
import { workflowIds, workflowTypes } from '../../contracts/names.js';
import type { ProgressEvent } from '../../contracts/progress.js';
import type { PickupCounts, PickupInput } from '../../contracts/workflows.js';
import { noteFailure } from '../report/failure-message.js';
import { counted } from '../../contracts/format-numbers.js';
import { otherFiles } from '../../contracts/report-tables.js';
import { missingFiles, waitingFiles } from './pickup-counts.js';
import type { pickupFeed } from './pickup-feed.js';
import type { Publish } from '../report/progress.js';
import { attributesOf } from '../../contracts/search-attributes.js';

export interface PickupParent {
  /** A failure of the pickup is added here. */
  readonly failures: string[];
  readonly publish?: Publish;
  /** Distinguishes the pickups of a parent that starts several of a feed: a number, or the dates that it is for. */
  readonly name?: number | string;
}

/** Picks up one feed in a child workflow and waits for its end. Returns undefined if it failed. */
export async function pickupInChild(input: PickupInput, { failures, publish, name }: PickupParent): Promise<PickupCounts | undefined> {
  const { pipeline, feed, starter } = input;
  const dates = typeof name === 'string' ? ` (${name})` : '';
  const counts = await noteFailure(failures, `pickup of ${feed}${dates}`, () =>
    executeChild<typeof pickupFeed>(workflowTypes.pickup, {
      // The id contains the parent's run id, because a terminated parent may have left a pickup that is still running.
      workflowId: [workflowIds.pickup(pipeline, feed), workflowInfo().runId, ...(name === undefined ? [] : [name])].join('/'),
      args: [input],
      // A pickup of followArrivals outlives its parent, as its landings outlive it, and signals the loads that it stages.
      ...(starter.kind === 'arrivals' && { parentClosePolicy: ParentClosePolicy.ABANDON }),
      typedSearchAttributes: attributesOf({ pipeline, feed }),
      staticSummary: `${feed}: pick up and land${dates}`,
    }),
  );
  if (counts) noteCounts(input, counts, { failures, ...(publish && { publish }), ...(name !== undefined && { name }) });
  return counts;
}

/** Notes what a pickup did, and publishes it. */
export function noteCounts(input: PickupInput, counts: PickupCounts, { failures, publish, name }: PickupParent): void {
  const { feed } = input;
  const dates = typeof name === 'string' ? ` (${name})` : '';
  if (counts.failed > 0) failures.push(`${feed}${dates}: ${counted(counts.failed, 'landing')} failed: ${counts.failures.join('; ')}`);
  failures.push(...[missingFiles, waitingFiles].flatMap((why) => why(input, counts) ?? []));
  publish?.(landedEvent(feed, counts));
}

/** That the files of these counts have landed. */
export function landedEvent(feed: string, counts: PickupCounts): ProgressEvent {
  const { rows, bytes } = counts;
  const message = [`${counted(counts.staged, 'file')} staged, ${counts.refused} refused`, otherFiles(counts)]
    .filter((part) => part !== '')
    .join(', ');
  return { phase: 'landing', feed, message, rows, bytes, done: true };
}
