import { defineSearchAttributeKey } from '@temporalio/common';
import { ApplicationFailure, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { Period } from '../../contracts/activities/refs.js';
import type { Partitions } from '../../contracts/activities/pickup.js';
import type { PipelinePlan } from '../../contracts/activities/activities.js';
import { addDays, dateOf, datesOf, monthsOf } from '../../contracts/dates/dates.js';
import { type DatesOfRun, isPartial, notComplete, periodText, sumOfDates, withFailedOutputs } from '../../contracts/dates/dated-runs.js';
import { keys } from '../../contracts/search-attributes.js';
import { itemsOf, onlyItems, stagesFrom, stagesOf, type Stage } from '../../contracts/stages.js';
import type { PickupCounts, RunInput, RunReport } from '../../contracts/workflows.js';
import { control, profiles } from '../activity-profiles.js';
import { blockedFiles } from '../pickup/pickup-counts.js';
import { pruneFeeds } from '../processing/process-feeds.js';
import { finish, noteFailure } from '../report/failure-message.js';
import { inOrder } from '../report/in-order.js';
import { hostStream, publishEnd } from '../report/progress.js';
import { LiveReport } from '../report/run-report.js';
import { runStages } from '../stages/run-stages.js';
import type { StageRun } from '../stages/stage-run.js';
import type { runPipeline } from './run-pipeline.js';

interface Part {
  /** For ids and people. */
  readonly name: string;
  readonly partitions: Partitions;
}

/** Whether a run is one for some dates. */
export function isByDate({ dates, initial, daily }: RunInput): boolean {
  return (dates ?? initial ?? daily) !== undefined;
}

/**
 * A run for some dates, month by month. The files of a month are landed side by side, and processed together in the order of their dates. A
 * failure stops no other date. If the run is repeated, landed files cost one listing for each month and feed.
 */
export async function runDates(input: RunInput): Promise<RunReport> {
  const { pipeline, carried } = input;
  const { publish, close, continueAs } = hostStream(carried?.stream);
  const dates = input.dates ?? (input.daily && { from: dayBeforeStart(), to: dayBeforeStart() });
  const parts: Part[] = dates
    ? [...monthsOf(dates)].map((month) => ({ name: periodText(month), partitions: month }))
    : [{ name: 'init', partitions: 'initial' }];
  const report = new LiveReport(dates ? `**${periodText(dates)}**` : '**init**', carried?.report);
  const plan = await control.planPipeline({ pipeline });
  const feeds = feedsOf(plan, input);
  const stages = onlyItems(plan.stages, { pickup: feeds, processing: feeds, pruning: feeds });
  const run: StageRun = { pipeline, report, publish, progress: { workflowId: workflowInfo().workflowId } };

  for (let done = carried?.parts ?? 0; done < parts.length; done += 1) {
    if (done > (carried?.parts ?? 0) && workflowInfo().continueAsNewSuggested)
      await continueAs<typeof runPipeline>((stream) => [
        { ...input, dates, daily: undefined, carried: { report: report.current, parts: done, stream } },
      ]);
    await runPart({ run, stages }, parts[done]!);
  }
  // Each part pruned its staging rows.
  await runStages({ ...run, outputs: { dates, feeds: input.feeds } }, onlyItems(stagesFrom(stages, 'marts'), { pruning: [] }));
  report.update({ dates: withFailedOutputs(report.current.dates, report.current.outputs?.failed) });
  publishEnd(publish, report.failures);
  await close();
  if (isPartial(report.current)) upsertSearchAttributes([{ key: keys.outcome, value: 'partial' }]);
  return finish(report.current);
}

interface OfPart {
  readonly run: StageRun;
  readonly stages: readonly Stage[];
}

async function runPart({ run, stages }: OfPart, { name, partitions }: Part): Promise<void> {
  const { pipeline, report } = run;
  const { failures } = report;
  const unclaimed: Record<string, readonly string[]> = {};
  const pickups: Record<string, PickupCounts> = {};
  const pickedUp = (feed: string, counts: PickupCounts | undefined) => {
    // Nobody knows what there is of a feed whose pickup failed.
    const left = counts ? counts.leftAlone?.dates : partitions === 'initial' ? undefined : datesOf(partitions);
    if (left) unclaimed[feed] = left;
    if (counts) pickups[feed] = counts;
  };
  const ofPart = { ...run, part: { name, partitions, pickedUp } };
  await runStages(ofPart, stagesOf(stages, ['pickup']));
  failures.push(...blockedFiles(inOrder(itemsOf(stages, 'pickup'), pickups)));
  const before = failures.length;
  await runStages(ofPart, stagesOf(stages, ['processing']));
  const open = { unclaimed, unprocessed: failures.length > before };
  if (partitions !== 'initial') await reportPart({ run, stages }, partitions, open);
  await pruneFeeds({ pipeline, failures }, itemsOf(stages, 'pruning'));
}

async function reportPart(
  { run: { pipeline, report }, stages }: OfPart,
  dates: Period,
  open: Pick<DatesOfRun, 'unclaimed' | 'unprocessed'>,
): Promise<void> {
  const { failures, update } = report;
  const name = periodText(dates);
  const feeds = itemsOf(stages, 'pickup');
  const found = await noteFailure(failures, `looking at the files of ${name}`, () =>
    control.reportDates.executeWithOptions({ ...profiles.control, summary: `files of ${name}` }, [{ pipeline, feeds, dates, ...open }]),
  );
  if (!found) return;
  update({ dates: sumOfDates(report.current.dates, found) });
  if (found.incomplete.dates > 0) failures.push(notComplete(found.incomplete));
}

/** The feeds of the run, in the order of the definition. Throws `definition` if a wanted feed has no files of that kind. */
function feedsOf({ stages, dated, initial }: PipelinePlan, input: RunInput): readonly string[] {
  const all = input.initial ? initial : dated;
  const feeds = itemsOf(stages, 'pickup');
  const strange = (input.feeds ?? []).filter((feed) => !all.includes(feed));
  if (strange.length === 0 && all.length > 0) return feeds.filter((feed) => all.includes(feed) && (input.feeds ?? all).includes(feed));
  const kind = input.initial ? 'a partition with one date for all files' : 'a partition with a date for each file';
  const which = strange.length > 0 ? strange.join(', ') : 'any feed';
  throw ApplicationFailure.create({
    type: 'definition',
    nonRetryable: true,
    message: `${input.pipeline} does not have ${kind} for ${which}. Its feeds with one are: ${all.join(', ') || 'none'}`,
  });
}

const scheduledStart = defineSearchAttributeKey('TemporalScheduledStartTime', 'DATETIME');

/** The day before the scheduled day. The run may have started later than scheduled. */
function dayBeforeStart(): string {
  const { typedSearchAttributes, startTime } = workflowInfo();
  return addDays(dateOf(typedSearchAttributes.get(scheduledStart) ?? startTime), -1);
}
