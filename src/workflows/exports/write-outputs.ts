import { continueAsNew, isCancellation, workflowInfo } from '@temporalio/workflow';
import type { Period } from '../../contracts/activities/refs.js';
import { addDays } from '../../contracts/dates/dates.js';
import type { OutputPlan, OutputsInput, OutputsReport } from '../../contracts/outputs.js';
import { sideBySide } from '../../contracts/side-by-side.js';
import { control, data, profiles } from '../activity-profiles.js';
import { showDetails, showRetries } from '../report/current-details.js';
import { failureMessage, finish } from '../report/failure-message.js';
import { hostStream, publishEnd } from '../report/progress.js';
import { reportMarkdown } from '../report/report-markdown.js';
import { OutputTally } from './output-tally.js';

/** Each output takes one or two connections, and a Parquet file a process with its memory. */
const outputsAtOnce = 3;

interface Item {
  readonly output: string;
  readonly date: string;
  readonly needs: readonly Item[];
}

/**
 * Writes outputs by date: those of the wanted dates, and those of other dates that were written before and are stale. They are written in
 * the order of dates, a few side by side, each after those that it reads. A failure stops only the outputs that read the failed one.
 */
export async function writeOutputs(input: OutputsInput): Promise<OutputsReport> {
  showRetries();
  const { progress: run, carried } = input;
  const hosted = run ? undefined : hostStream();
  const progress = run ?? { workflowId: workflowInfo().workflowId };
  const tally = new OutputTally(carried);
  let after = carried?.after;
  for (;;) {
    const plan = await planned(input, after, tally);
    if (!plan) break;
    tally.plan(plan);
    await writePlan(plan, async (item) => {
      const { output, date } = item;
      const failed = item.needs.find((need) => tally.hasFailed(need.output, need.date));
      if (failed) return tally.fail(item, `was not written, because ${failed.output} of that date failed`);
      try {
        const { pipeline, again, force } = input;
        const result = await data.writeOutput.executeWithOptions({ ...profiles.data, summary: `${output} of ${date}` }, [
          { pipeline, output, date, again, force, progress },
        ]);
        tally.add(item, result);
      } catch (error) {
        if (isCancellation(error)) throw error;
        tally.fail(item, failureMessage(error));
      }
      showDetails(reportMarkdown(tally.report));
    });
    if (plan.next === null) break;
    after = plan.next;
    if (workflowInfo().continueAsNewSuggested) {
      await hosted?.close();
      await continueAsNew<typeof writeOutputs>({ ...input, carried: { ...tally.carried, after } });
    }
  }
  showDetails(reportMarkdown(tally.report));
  if (hosted) publishEnd(hosted.publish, tally.report.failures);
  await hosted?.close();
  return finish(tally.report);
}

async function planned(input: OutputsInput, after: string | undefined, tally: OutputTally): Promise<OutputPlan | undefined> {
  const { pipeline, dates, delivered, feeds, outputs, again } = input;
  try {
    return await control.planOutputs.executeWithOptions({ ...profiles.control, summary: 'outputs that are to be written' }, [
      { pipeline, dates, delivered, feeds, outputs, again, after },
    ]);
  } catch (error) {
    if (isCancellation(error)) throw error;
    tally.failAll(datesAfter(dates, after), `planning outputs by date: ${failureMessage(error)}`);
    return undefined;
  }
}

function datesAfter(dates: Period | undefined, after: string | undefined): Period | undefined {
  if (dates === undefined || after === undefined || after < dates.from) return dates;
  return after < dates.to ? { from: addDays(after, 1), to: dates.to } : undefined;
}

async function writePlan({ outputs, dates }: OutputPlan, work: (item: Item) => Promise<void>): Promise<void> {
  const items = dates.flatMap(({ date, outputs: indexes }) => {
    const ofDate = new Map<string, Item>();
    for (const index of indexes) {
      const { output, after } = outputs[index]!;
      ofDate.set(output, { output, date, needs: after.flatMap((name) => ofDate.get(name) ?? []) });
    }
    return [...ofDate.values()];
  });
  await sideBySide(items, outputsAtOnce, work, ({ needs }) => needs);
}
