import { ScheduleOverlapPolicy, type ScheduleOptions } from '@temporalio/client';
import { attributesOf } from '../../../contracts/search-attributes.js';
import { workflowIds, workflowTypes } from '../../../contracts/names.js';
import type { ExtractInput } from '../../../contracts/activities/extract.js';
import { scheduledPickup, type RunInput } from '../../../contracts/workflows.js';
import type { WarehouseMemo } from '../../../contracts/warehouse-memo.js';
import type { PipelineDefinition } from '../../../engine/definition/types.js';

/** After a downtime, missed firings older than this are not made up for: the next one does all the work anyway. */
const catchupWindow = '10 minutes';
/** Each firing of a daily schedule is for another date. */
const dailyCatchup = '30 days';
/** Of the watch for trouble. */
const everyMinute = '* * * * *';

export const scheduleIds = {
  pickup: (pipeline: string, feed: string) => `${pipeline}/${feed}/pickup`,
  process: (pipeline: string) => `${pipeline}/process`,
  aggregate: (pipeline: string) => `${pipeline}/aggregate`,
  extract: workflowIds.extract,
  watch: workflowIds.watch,
  daily: (pipeline: string, feed?: string) => (feed === undefined ? `${pipeline}/daily` : `${pipeline}/daily/${feed}`),
} as const;

export type WantedSchedule = Pick<ScheduleOptions, 'scheduleId' | 'spec' | 'action' | 'policies'> & { readonly cron: string };

/**
 * The schedules that a definition asks for: one an extract, and one pickup a feed, one processing, one aggregation; or one that runs a date,
 * and those of feeds alone. Where
 * there are alerts, one more looks for trouble.
 */
export function wantedSchedules(pipeline: PipelineDefinition, taskQueue: string, memo?: WarehouseMemo): WantedSchedule[] {
  const { name, schedules } = pipeline;
  const one = (id: string, cron: string, type: string, args: object, overlap: ScheduleOverlapPolicy, summary: string): WantedSchedule => ({
    scheduleId: id,
    cron,
    // The server keeps calendars, not the expression; the comment after # is kept and shown.
    spec: { cronExpressions: [`${cron} # ${cron}`], timezone: 'UTC' },
    policies: { overlap, catchupWindow: overlap === ScheduleOverlapPolicy.BUFFER_ALL ? dailyCatchup : catchupWindow },
    action: {
      type: 'startWorkflow',
      workflowType: type,
      workflowId: id,
      taskQueue,
      args: [args],
      staticSummary: summary,
      ...(memo && { memo }),
      typedSearchAttributes: attributesOf(args as { pipeline: string; feed?: string }),
    },
  });
  const extracts = (pipeline.extracts ?? []).flatMap((extract) => {
    const input: ExtractInput = { pipeline: name, extract: extract.name };
    return extract.schedule === undefined
      ? []
      : [
          one(
            scheduleIds.extract(name, extract.name),
            extract.schedule,
            workflowTypes.extract,
            input,
            ScheduleOverlapPolicy.SKIP,
            'source to bus',
          ),
        ];
  });
  const watch = pipeline.alerts?.length
    ? [one(scheduleIds.watch(name), everyMinute, workflowTypes.watch, { pipeline: name }, ScheduleOverlapPolicy.SKIP, 'look for trouble')]
    : [];
  if ('daily' in schedules) {
    const daily = (cron: string, feed?: string) => {
      const input: RunInput = { pipeline: name, daily: true, ...(feed !== undefined && { feeds: [feed] }) };
      const summary = `${feed === undefined ? 'files' : `${feed}: files`} of the date before to bus`;
      return one(scheduleIds.daily(name, feed), cron, workflowTypes.run, input, ScheduleOverlapPolicy.BUFFER_ALL, summary);
    };
    return [
      ...extracts,
      daily(schedules.daily),
      ...Object.entries(schedules.feeds ?? {}).map(([feed, cron]) => daily(cron, feed)),
      ...watch,
    ];
  }
  return [
    ...extracts,
    ...pipeline.feeds.map((feed) =>
      one(
        scheduleIds.pickup(name, feed.name),
        schedules.pickup,
        workflowTypes.pickup,
        scheduledPickup({ pipeline: name, feed: feed.name }),
        ScheduleOverlapPolicy.SKIP,
        `${feed.name}: pick up and land`,
      ),
    ),
    one(
      scheduleIds.process(name),
      schedules.process,
      workflowTypes.process,
      { pipeline: name },
      ScheduleOverlapPolicy.BUFFER_ONE,
      'staging to bulk and vault',
    ),
    one(
      scheduleIds.aggregate(name),
      schedules.aggregate,
      workflowTypes.aggregate,
      { pipeline: name },
      ScheduleOverlapPolicy.BUFFER_ONE,
      'bulk to bus',
    ),
    ...watch,
  ];
}
