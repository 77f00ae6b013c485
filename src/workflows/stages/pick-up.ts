import { sideBySide } from '../../contracts/side-by-side.js';
import type { Stage } from '../../contracts/stages.js';
import type { PickupCounts, PickupInput } from '../../contracts/workflows.js';
import { sumOfParts } from '../pickup/pickup-counts.js';
import { noteCounts, pickupInChild } from '../pickup/pickup-in-child.js';
import { pickupLake } from '../pickup/pickup-lake.js';
import { inOrder } from '../report/in-order.js';
import type { StageRun } from './stage-run.js';

/** Feeds of a lake with large objects, such as a first run writes for all of them: each landing holds some of a worker's memory. */
const largeAtOnce = 4;

/** Lands the files of the feeds, side by side. */
export async function pickUp(run: StageRun, { items: feeds }: Stage): Promise<void> {
  const { lake = [], backfill, part, publish } = run;
  const where = backfill ? `in ${backfill.source.url}` : `of ${part?.name ?? feeds.join(', ')}`;
  publish({ phase: 'pickup', ...(part && { part: part.name }), message: `looking for files ${where}` });
  const others = feeds.filter((feed) => !lake.includes(feed));
  await Promise.all([
    sideBySide(others, others.length, (feed) => pickUpFeed(run, feeds, feed)),
    lake.length > 0 && pickUpLake(run, feeds, lake),
  ]);
}

async function pickUpLake(run: StageRun, all: readonly string[], lake: readonly string[]): Promise<void> {
  const { pipeline, progress, publish, report } = run;
  const { failures } = report;
  const feeds = await pickupLake({ pipeline, feeds: lake, progress }, failures);
  for (const { feed, counts, isDone } of feeds) {
    show(run, all, feed, counts);
    if (isDone) noteCounts(inputOf(run, feed), counts, { failures, publish });
  }
  const left = feeds.filter(({ isDone }) => !isDone);
  // They find the same faults.
  await sideBySide(left, largeAtOnce, ({ feed, counts }) => pickUpFeed(run, all, feed, { ...counts, failed: 0, failures: [] }));
}

async function pickUpFeed(run: StageRun, all: readonly string[], feed: string, before?: PickupCounts): Promise<void> {
  const { part, publish, report } = run;
  const counts = await pickupInChild(inputOf(run, feed), { failures: report.failures, publish, ...(part && { name: part.name }) });
  part?.pickedUp(feed, counts);
  if (counts) show(run, all, feed, sumOfParts(before ?? (part && report.current.pickups[feed]), counts));
}

function inputOf({ pipeline, backfill, part, progress }: StageRun, feed: string): PickupInput {
  const starter = { kind: 'run', progress } as const;
  return { pipeline, feed, starter, source: { kind: 'feed', ...(part && { partitions: part.partitions }) }, ...backfill };
}

function show({ report }: StageRun, all: readonly string[], feed: string, counts: PickupCounts): void {
  report.update({ pickups: inOrder(all, { ...report.current.pickups, [feed]: counts }) });
}
