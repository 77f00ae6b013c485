import { workflowInfo } from '@temporalio/workflow';
import { asCode } from '../../contracts/report-tables.js';
import { onlyItems, stagesFrom } from '../../contracts/stages.js';
import type { BackfillInput, RunReport } from '../../contracts/workflows.js';
import { control } from '../activity-profiles.js';
import { showRetries } from '../report/current-details.js';
import { finish } from '../report/failure-message.js';
import { hostStream, publishEnd } from '../report/progress.js';
import { LiveReport } from '../report/run-report.js';
import { runStages } from '../stages/run-stages.js';

/**
 * Lands every matching object of another store without changing it, then processes and aggregates. Started again after any end, it goes on
 * with the objects that are not landed.
 */
export async function backfillFeed({ pipeline, feed, source, window }: BackfillInput): Promise<RunReport> {
  showRetries();
  const { publish, close } = hostStream();
  const report = new LiveReport(`**${feed}** from ${asCode(source.url)}`);
  const { stages } = await control.planPipeline({ pipeline });
  const run = { pipeline, report, publish, progress: { workflowId: workflowInfo().workflowId }, backfill: { source, window } };
  const feeds = [feed];
  await runStages(run, onlyItems(stagesFrom(stages, 'pickup'), { pickup: feeds, processing: feeds, pruning: feeds }));
  publishEnd(publish, report.failures);
  await close();
  return finish(report.current);
}
