import type { RunningWorkflow } from '../../connectors/temporal/running.js';
import type { Phase, ProgressEvent } from '../../contracts/progress.js';
import { workflowTypes } from '../../contracts/names.js';
import type { LandResult } from '../../contracts/activities/landing.js';
import { endedFiles, type PickupCounts, type RunReport } from '../../contracts/workflows.js';

/** What a workflow did, by its result: nothing where it found nothing to do. */
export function readingOf({ type, workflowId }: Pick<RunningWorkflow, 'type' | 'workflowId'>, report: Partial<RunReport>): ProgressEvent[] {
  // Pickups and landings have their feed in their ids.
  const ownFeed = workflowId.split('/')[1] ?? '';
  if (type === workflowTypes.pickup) return 'rows' in report ? landed(ownFeed, report as unknown as PickupCounts) : [];
  if (type === workflowTypes.land) {
    if (!('rowsStaged' in report)) return [];
    const { object: subject, rowsStaged: rows, bytes } = report as unknown as LandResult;
    return [{ phase: 'landing', feed: ownFeed, subject, message: 'landed', rows, bytes, done: true }];
  }
  const { pickups = {}, feeds = {}, marts = {}, vault = {}, processed, exports = {}, outputs } = report;
  const events = Object.entries(pickups).flatMap(([feed, counts]) => landed(feed, counts));
  const did = (phase: Phase, isSo: boolean) => {
    if (isSo) events.push({ phase, message: phase });
  };
  did(
    'processing',
    Object.values(feeds).some(({ batches }) => batches > 0),
  );
  did('marts', Object.keys(marts).length > 0);
  did('processed', (processed?.run ?? null) !== null);
  did(
    'exports',
    Object.values(exports).some(({ changed }) => changed),
  );
  did(
    'outputs',
    Object.values(outputs?.byOutput ?? {}).some(({ written }) => written > 0),
  );
  did(
    'vault',
    Object.values(vault).some((rows) => rows > 0),
  );
  return events;
}

function landed(feed: string, counts: PickupCounts): ProgressEvent[] {
  const items = endedFiles(counts);
  if (items + counts.failed === 0) return [];
  const { rows, bytes, failed } = counts;
  return [{ phase: 'landing', feed, message: 'landed', rows, bytes, items, totalItems: items + failed, done: true }];
}
