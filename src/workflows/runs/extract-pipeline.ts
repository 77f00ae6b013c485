import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import type { ExtractInput } from '../../contracts/activities/extract.js';
import { itemsOf, onlyItems, stagesFrom } from '../../contracts/stages.js';
import type { RunReport } from '../../contracts/workflows.js';
import { control } from '../activity-profiles.js';
import { showRetries } from '../report/current-details.js';
import { finish } from '../report/failure-message.js';
import { hostStream, publishEnd } from '../report/progress.js';
import { LiveReport } from '../report/run-report.js';
import { runStages } from '../stages/run-stages.js';

/**
 * A run of an extract, and at once what follows it: the changed rows of the source reach the lake, and all that is new there reaches bus. A
 * table that was left out stops no other one; the run then fails at its end, and says which.
 */
export async function extractPipeline(input: ExtractInput): Promise<RunReport> {
  showRetries();
  const { pipeline, extract } = input;
  const { publish, close } = hostStream();
  const report = new LiveReport();
  const { stages, lake } = await control.planPipeline({ pipeline });
  const extracts = itemsOf(stages, 'extract');
  if (!extracts.includes(extract))
    throw ApplicationFailure.create({
      type: 'definition',
      nonRetryable: true,
      message: `${pipeline} has no extract ${extract}. Its extracts are: ${extracts.join(', ') || 'none'}`,
    });
  const run = { pipeline, lake, report, publish, progress: { workflowId: workflowInfo().workflowId }, extract: input };
  await runStages(run, onlyItems(stagesFrom(stages, 'extract'), { extract: [extract] }));
  publishEnd(publish, report.failures);
  await close();
  return finish(report.current);
}
