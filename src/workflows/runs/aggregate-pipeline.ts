import { workflowInfo } from '@temporalio/workflow';
import { onlyItems, stagesOf } from '../../contracts/stages.js';
import type { AggregateInput, AggregateReport } from '../../contracts/workflows.js';
import { control } from '../activity-profiles.js';
import { showRetries } from '../report/current-details.js';
import { finish } from '../report/failure-message.js';
import { hostStream, type Publish } from '../report/progress.js';
import { LiveReport } from '../report/run-report.js';
import { runStages } from '../stages/run-stages.js';

/**
 * Brings the marts that are stale up to bulk, in the order of their dependencies, and writes the files that are made of them. Then changes
 * that nobody needs any more go.
 */
export async function aggregatePipeline({ pipeline }: AggregateInput): Promise<AggregateReport> {
  showRetries();
  const { publish, close } = hostStream();
  const report = new LiveReport();
  const { stages } = await control.planPipeline({ pipeline });
  // A schedule mostly finds nothing to do, and nobody wants to hear of that.
  const publishWork: Publish = (event) => event.subject !== undefined && publish(event);
  const run = { pipeline, report, publish: publishWork, progress: { workflowId: workflowInfo().workflowId } };
  // Staging is pruned by those who process.
  await runStages(run, onlyItems(stagesOf(stages, ['marts', 'processed', 'exports', 'outputs', 'pruning']), { pruning: [] }));
  await close();
  const { marts, processed, exports, outputs, failures } = report.current;
  return finish({ marts, processed, exports, outputs, failures });
}
