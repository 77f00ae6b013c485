import { workflowInfo } from '@temporalio/workflow';
import type { ExtractInput, ExtractResult } from '../../contracts/activities/extract.js';
import type { RunReport } from '../../contracts/workflows.js';
import { data, profiles } from '../activity-profiles.js';
import { showRetries } from '../report/current-details.js';
import { finish, noteFailure } from '../report/failure-message.js';
import { hostStream } from '../report/progress.js';
import { LiveReport } from '../report/run-report.js';
import { sourceToBus } from './source-to-bus.js';

/**
 * A run of an extract, and at once what follows it: the changed rows of the source reach the lake, and all that is new there reaches bus. A
 * table that was left out stops no other one; the run then fails at its end, and says which.
 */
export async function extractPipeline(input: ExtractInput): Promise<RunReport> {
  showRetries();
  const { pipeline, extract } = input;
  const { publish, close } = hostStream();
  const report = new LiveReport();
  const { failures, update } = report;
  const progress = { workflowId: workflowInfo().workflowId };

  publish({ phase: 'extract', message: 'reading the source' });
  const summary = input.tables ? input.tables.join(', ') : 'all of it';
  const result = await noteFailure(failures, `extracting ${extract}`, () =>
    data.extractSource.executeWithOptions({ ...profiles.data, summary: input.full ? `${summary}, every row` : summary }, [
      { ...input, progress },
    ]),
  );
  if (result) {
    update({ extract: result });
    failures.push(...problemsOf(result));
  }
  await sourceToBus(pipeline, { report, publish });
  await close();
  return finish(report.current);
}

function problemsOf(result: ExtractResult): string[] {
  if (result.kind === 'answers') return result.unanswered.map(({ why }) => why);
  return result.tables.flatMap(({ name, leftOut }) => (leftOut === undefined ? [] : [`${name} was left out: ${leftOut}`]));
}
