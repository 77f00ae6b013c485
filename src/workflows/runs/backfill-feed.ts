import { workflowInfo } from '@temporalio/workflow';
import type { BackfillInput, RunReport } from '../../contracts/workflows.js';
import { showRetries } from '../report/current-details.js';
import { asCode } from '../../contracts/report-tables.js';
import { finish } from '../report/failure-message.js';
import { pickupInChild } from '../pickup/pickup-in-child.js';
import { hostStream } from '../report/progress.js';
import { LiveReport } from '../report/run-report.js';
import { stageToBus } from './stage-to-bus.js';

/**
 * Lands every matching object of another store without changing it, then processes and aggregates. Started again after any end, it goes on
 * with the objects that are not landed.
 */
export async function backfillFeed({ pipeline, feed, source, window }: BackfillInput): Promise<RunReport> {
  showRetries();
  const { publish, close } = hostStream();
  const progress = { workflowId: workflowInfo().workflowId };
  const report = new LiveReport(`**${feed}** from ${asCode(source.url)}`);
  const { failures, update } = report;

  publish({ phase: 'pickup', feed, message: `looking for files in ${source.url}` });
  const counts = await pickupInChild({ pipeline, feed, window, source, starter: { kind: 'run', progress } }, { failures, publish });
  if (counts) update({ pickups: { [feed]: counts } });
  await stageToBus({ pipeline, feeds: [feed], progress, publish, failures, update });
  await close();
  return finish(report.current);
}
