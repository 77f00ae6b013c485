import { workflowInfo } from '@temporalio/workflow';
import type { RunInput, RunReport } from '../contracts/workflows.js';
import { control } from './activity-profiles.js';
import { showRetries } from './current-details.js';
import { finish } from './failure-message.js';
import { inOrder } from './in-order.js';
import { pickupInChild } from './pickup-in-child.js';
import { hostStream } from './progress.js';
import { GrowingReport } from './run-report.js';
import { sideBySide } from './side-by-side.js';
import { stageToBus } from './stage-to-bus.js';

/**
 * The whole job once: every file that is in the source now reaches bus. What fails in one feed, table or mart stops no other one; the
 * run then fails at its end with a list. Rows in quarantine and refused files are results, not failures.
 */
export async function runPipeline({ pipeline }: RunInput): Promise<RunReport> {
  showRetries();
  const { publish, close } = hostStream();
  const progress = { workflowId: workflowInfo().workflowId };
  const report = new GrowingReport();
  const { failures, tell } = report;
  const plan = await control.planPipeline({ pipeline });

  publish({ phase: 'pickup', message: `looking for files of ${plan.feeds.join(', ')}` });
  await sideBySide(plan.feeds, plan.feeds.length, async (feed) => {
    const counts = await pickupInChild({ pipeline, feed, progress }, failures, publish);
    if (counts) tell({ pickups: inOrder(plan.feeds, { ...report.current.pickups, [feed]: counts }) });
  });
  await stageToBus({ pipeline, feeds: plan.feeds, progress, publish, failures, tell });
  await close();
  return finish(report.current);
}
