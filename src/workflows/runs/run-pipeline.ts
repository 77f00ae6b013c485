import { workflowInfo } from '@temporalio/workflow';
import type { RunInput, RunReport } from '../../contracts/workflows.js';
import { control } from '../activity-profiles.js';
import { showRetries } from '../report/current-details.js';
import { finish } from '../report/failure-message.js';
import { inOrder } from '../report/in-order.js';
import { pickupInChild } from '../pickup/pickup-in-child.js';
import { hostStream } from '../report/progress.js';
import { LiveReport } from '../report/run-report.js';
import { sideBySide } from '../../contracts/side-by-side.js';
import { isByDate, runDates } from './run-dates.js';
import { stageToBus } from './stage-to-bus.js';

/**
 * The whole job once: every file that is in the source now, or every one of some dates, reaches bus. What fails in one feed, table or mart stops no other one; the
 * run then fails at its end with a list. Rows in quarantine and refused files are results, not failures.
 */
export async function runPipeline(input: RunInput): Promise<RunReport> {
  showRetries();
  if (isByDate(input)) return runDates(input);
  const { pipeline } = input;
  const { publish, close } = hostStream();
  const progress = { workflowId: workflowInfo().workflowId };
  const report = new LiveReport();
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
  await close();
  return finish(report.current);
}
