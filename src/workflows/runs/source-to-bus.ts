import { workflowInfo } from '@temporalio/workflow';
import { sideBySide } from '../../contracts/side-by-side.js';
import { control } from '../activity-profiles.js';
import { pickupInChild } from '../pickup/pickup-in-child.js';
import { inOrder } from '../report/in-order.js';
import type { Publish } from '../report/progress.js';
import type { LiveReport } from '../report/run-report.js';
import { stageToBus } from './stage-to-bus.js';

/** Brings every file that is in the source now to bus. A failure in one feed, table or mart stops no other one. */
export async function sourceToBus(pipeline: string, { report, publish }: { report: LiveReport; publish: Publish }): Promise<void> {
  const progress = { workflowId: workflowInfo().workflowId };
  const { failures, update } = report;
  const plan = await control.planPipeline({ pipeline });

  publish({ phase: 'pickup', message: `looking for files of ${plan.feeds.join(', ')}` });
  await sideBySide(plan.feeds, plan.feeds.length, async (feed) => {
    const counts = await pickupInChild(
      { pipeline, feed, source: { kind: 'feed' }, starter: { kind: 'run', progress } },
      { failures, publish },
    );
    if (counts) update({ pickups: inOrder(plan.feeds, { ...report.current.pickups, [feed]: counts }) });
  });
  await stageToBus({ pipeline, feeds: plan.feeds, progress, publish, failures, update });
}
