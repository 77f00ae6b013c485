import { workflowInfo } from '@temporalio/workflow';
import { sideBySide } from '../../contracts/side-by-side.js';
import { control } from '../activity-profiles.js';
import type { PickupCounts, PickupInput } from '../../contracts/workflows.js';
import { sumOfParts } from '../pickup/pickup-counts.js';
import { noteCounts, pickupInChild } from '../pickup/pickup-in-child.js';
import { pickupLake } from '../pickup/pickup-lake.js';
import { inOrder } from '../report/in-order.js';
import type { Publish } from '../report/progress.js';
import type { LiveReport } from '../report/run-report.js';
import { stageToBus } from './stage-to-bus.js';

/** Feeds of a lake with large objects, such as a first run writes for all of them: each landing holds some of a worker's memory. */
const largeAtOnce = 4;

/** Brings every file that is in the source now to bus. A failure in one feed, table or mart stops no other one. */
export async function sourceToBus(pipeline: string, { report, publish }: { report: LiveReport; publish: Publish }): Promise<void> {
  const progress = { workflowId: workflowInfo().workflowId };
  const { failures, update } = report;
  const plan = await control.planPipeline({ pipeline });

  publish({ phase: 'pickup', message: `looking for files of ${plan.feeds.join(', ')}` });
  const inputOf = (feed: string): PickupInput => ({ pipeline, feed, source: { kind: 'feed' }, starter: { kind: 'run', progress } });
  const show = (feed: string, counts: PickupCounts) =>
    update({ pickups: inOrder(plan.feeds, { ...report.current.pickups, [feed]: counts }) });
  const pickUp = async (feed: string, before?: PickupCounts) => {
    const counts = await pickupInChild(inputOf(feed), { failures, publish });
    if (counts) show(feed, sumOfParts(before, counts));
  };
  const { lake = [] } = plan;
  const others = plan.feeds.filter((feed) => !lake.includes(feed));
  await Promise.all([
    sideBySide(others, others.length, (feed) => pickUp(feed)),
    lake.length > 0 &&
      pickupLake({ pipeline, feeds: lake, progress }, failures).then((feeds) => {
        for (const { feed, counts, isDone } of feeds) {
          show(feed, counts);
          if (isDone) noteCounts(inputOf(feed), counts, { failures, publish });
        }
        const left = feeds.filter(({ isDone }) => !isDone);
        // They find the same faults.
        return sideBySide(left, largeAtOnce, ({ feed, counts }) => pickUp(feed, { ...counts, failed: 0, failures: [] }));
      }),
  ]);
  // Of the many feeds of a lake few have anything to process.
  await stageToBus({ pipeline, feeds: lake.length > 0 ? undefined : plan.feeds, progress, publish, failures, update });
}
