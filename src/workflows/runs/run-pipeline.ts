import { workflowInfo } from '@temporalio/workflow';
import { stagesFrom } from '../../contracts/stages.js';
import type { RunInput, RunReport } from '../../contracts/workflows.js';
import { control } from '../activity-profiles.js';
import { showRetries } from '../report/current-details.js';
import { finish } from '../report/failure-message.js';
import { hostStream, publishEnd } from '../report/progress.js';
import { LiveReport } from '../report/run-report.js';
import { runStages } from '../stages/run-stages.js';
import { isByDate, runDates } from './run-dates.js';

/**
 * The whole job once: every file that is in the source now, or every file of some dates, reaches bus. A failure in one feed, table or mart
 * stops no other one, and the run then fails at its end with a list. Rows in quarantine and refused files are results, not failures.
 */
export async function runPipeline(input: RunInput): Promise<RunReport> {
  showRetries();
  if (isByDate(input)) return runDates(input);
  const { pipeline } = input;
  const { publish, close } = hostStream();
  const report = new LiveReport();
  const plan = await control.planPipeline({ pipeline });
  const run = { pipeline, lake: plan.lake, report, publish, progress: { workflowId: workflowInfo().workflowId } };
  await runStages(run, stagesFrom(plan.stages, 'pickup'));
  publishEnd(publish, report.failures);
  await close();
  return finish(report.current);
}
