import { workflowInfo } from '@temporalio/workflow';
import type { AggregateInput, AggregateReport, MartCounts } from '../../contracts/workflows.js';
import { control, profiles } from '../activity-profiles.js';
import { showDetails, showRetries } from '../report/current-details.js';
import { reportMarkdown } from '../report/report-markdown.js';
import { finish, noteFailure } from '../report/failure-message.js';
import { hostStream } from '../report/progress.js';
import { writeDatedOutputs } from '../exports/outputs-in-child.js';
import { writeProcessed } from '../exports/write-processed.js';
import { writeStaleExports } from '../exports/write-exports.js';
import { refreshAllStale } from './refresh-marts.js';

/** Brings the marts that are stale up to bulk, in the order of their dependencies; then changes that nobody needs any more go. */
export async function aggregatePipeline({ pipeline }: AggregateInput): Promise<AggregateReport> {
  showRetries();
  const { publish, close } = hostStream();
  const progress = { workflowId: workflowInfo().workflowId };
  const failures: string[] = [];
  const changed = (marts: Readonly<Record<string, MartCounts>>) => showDetails(reportMarkdown({ failures, marts }));
  const { marts, hasProcessed, hasExports, hasDatedOutputs } = await refreshAllStale({ pipeline, progress, publish, failures, changed });
  const processed = hasProcessed ? await writeProcessed({ pipeline, failures, progress }) : undefined;
  const exports = hasExports ? await writeStaleExports({ pipeline, failures, progress, publish }) : {};
  const outputs = hasDatedOutputs ? await writeDatedOutputs({ pipeline, delivered: true, progress }, failures) : undefined;
  await pruneChanges(pipeline, failures);
  showDetails(reportMarkdown({ failures, marts, processed, exports, outputs }));
  await close();
  return finish({ marts, processed, exports, outputs, failures });
}

/** Deletes the changes that all marts and vault tables have taken in. */
export async function pruneChanges(pipeline: string, failures: string[]): Promise<void> {
  await noteFailure(failures, 'pruning changes', () =>
    control.pruneChanges.executeWithOptions({ ...profiles.data, summary: 'prune changes' }, [{ pipeline }]),
  );
}
