import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { searchAttributes, workflowTypes } from '../../../contracts/names.js';
import type { PipelineDefinition } from '../../../engine/definition/types.js';
import { onlyLeftOut, settled } from '../outcome.js';
import { describeSchedule } from '../schedules/schedules.js';
import { wantedSchedules } from '../schedules/wanted-schedules.js';

export interface LateWork {
  /** Of the schedule, without its pipeline. */
  readonly name: string;
  readonly workflowId: string;
  /** Of the first start that had no good end. */
  readonly started: Date;
  readonly isRunning: boolean;
  /** The run that ended well last; undefined where Temporal knows of none. */
  readonly lastGood: { readonly runId: string; readonly ended: Date } | undefined;
}

/**
 * Schedules whose work has not ended well for longer than it may: their last start before that time had no good end, and none after it. An
 * extract that left tables out did the rest in time: those tables are a trouble of their own.
 * One that is paused, or is not there, is not late: `strata status` and `strata doctor` say so.
 */
export async function lateWork(
  client: Client,
  pipeline: PipelineDefinition,
  { taskQueue, limit, now }: { readonly taskQueue: string; readonly limit: number; readonly now: Date },
): Promise<LateWork[]> {
  const wanted = wantedSchedules(pipeline, taskQueue).filter(({ action }) => action.workflowType !== workflowTypes.watch);
  const late: LateWork[] = [];
  for (const { scheduleId } of wanted) {
    const found = await lateRun(client, pipeline.name, scheduleId, new Date(now.getTime() - limit));
    if (!found) continue;
    if ((await describeSchedule(client, scheduleId))?.state.paused !== false) continue;
    late.push(found);
  }
  return late;
}

async function lateRun(client: Client, pipeline: string, scheduleId: string, before: Date): Promise<LateWork | undefined> {
  const ofSchedule = `${searchAttributes.pipeline.name} = '${pipeline}' and TemporalScheduledById = '${scheduleId}'`;
  const last = await first(client, `${ofSchedule} and StartTime < '${before.toISOString()}'`);
  if (!last || last.status.name === 'COMPLETED') return undefined;
  const good = await first(client, `${ofSchedule} and ExecutionStatus = 'Completed'`);
  if (good?.closeTime && good.startTime >= last.startTime) return undefined;
  if (last.status.name === 'FAILED' && onlyLeftOut(await settled(client.workflow.getHandle(last.workflowId, last.runId)))) return undefined;
  return {
    name: scheduleId.slice(pipeline.length + 1),
    workflowId: last.workflowId,
    started: last.startTime,
    isRunning: last.status.name === 'RUNNING',
    lastGood: good?.closeTime && { runId: good.runId, ended: good.closeTime },
  };
}

/** The newest of a query: those that run come first in Temporal's lists, then those that ended last. */
async function first(client: Client, query: string): Promise<WorkflowExecutionInfo | undefined> {
  let newest: WorkflowExecutionInfo | undefined;
  let seen = 0;
  for await (const execution of client.workflow.list({ query, pageSize: 10 })) {
    if (!newest || execution.startTime > newest.startTime) newest = execution;
    seen += 1;
    if (seen === 10) break;
  }
  return newest;
}
