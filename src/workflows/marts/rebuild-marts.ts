import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import type { AggregateReport, MartCounts } from '../../contracts/workflows.js';
import type { RebuildInput } from '../../contracts/workflows.js';
import { control } from '../activity-profiles.js';
import { showDetails, showRetries } from '../report/current-details.js';
import { reportMarkdown } from '../report/report-markdown.js';
import { finish } from '../report/failure-message.js';
import { hostStream, publishEnd } from '../report/progress.js';
import { refreshMarts } from './refresh-marts.js';
import { counted } from '../../contracts/format-numbers.js';

/** Rebuilds marts, each after those that it reads. Surrogate ids are kept. */
export async function rebuildMarts({ pipeline, marts: wanted, period }: RebuildInput): Promise<AggregateReport> {
  showRetries();
  const { publish, close } = hostStream();
  const plan = await control.planPipeline({ pipeline });
  const all = plan.marts;
  const unknown = (wanted ?? []).filter((mart) => !all.some((step) => step.mart === mart));
  if (unknown.length > 0) {
    const message = `${pipeline} has no mart ${unknown.join(', ')}. Its marts are: ${all.map(({ mart }) => mart).join(', ')}`;
    throw ApplicationFailure.create({ type: 'definition', nonRetryable: true, message });
  }
  const steps = wanted ? all.filter(({ mart }) => wanted.includes(mart)) : all;
  const failures: string[] = [];
  const changed = (done: Readonly<Record<string, MartCounts>>) => showDetails(reportMarkdown({ failures, marts: done }));
  publish({ phase: 'marts', message: `rebuilding ${counted(steps.length, 'mart')}` });
  const progress = { workflowId: workflowInfo().workflowId };
  const marts = await refreshMarts({ pipeline, rebuild: true, period, progress, publish, failures, changed }, steps);
  changed(marts);
  publishEnd(publish, failures);
  await close();
  return finish({ marts, failures });
}
