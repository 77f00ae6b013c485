import type { RunInput, RunReport } from '../../contracts/workflows.js';
import { showRetries } from '../report/current-details.js';
import { finish } from '../report/failure-message.js';
import { hostStream } from '../report/progress.js';
import { LiveReport } from '../report/run-report.js';
import { isByDate, runDates } from './run-dates.js';
import { sourceToBus } from './source-to-bus.js';

/**
 * The whole job once: every file that is in the source now, or every file of some dates, reaches bus. A failure in one feed, table or mart
 * stops no other one, and the run then fails at its end with a list. Rows in quarantine and refused files are results, not failures.
 */
export async function runPipeline(input: RunInput): Promise<RunReport> {
  showRetries();
  if (isByDate(input)) return runDates(input);
  const { publish, close } = hostStream();
  const report = new LiveReport();
  await sourceToBus(input.pipeline, { report, publish });
  await close();
  return finish(report.current);
}
