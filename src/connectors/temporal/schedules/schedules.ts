import { ScheduleNotFoundError, type Client, type ScheduleDescription, type ScheduleSummary } from '@temporalio/client';
import { attributesOf } from '../../../contracts/search-attributes.js';
import { warehouseOf, type WarehouseMemo } from '../../../contracts/warehouse-memo.js';
import type { PipelineDefinition } from '../../../engine/definition/types.js';
import { StrataError } from '../../../engine/strata-error.js';
import { wantedSchedules } from './wanted-schedules.js';

export interface AppliedSchedule {
  readonly id: string;
  readonly cron: string;
  readonly change: 'created' | 'updated' | 'unchanged';
}

/** Creates and updates the pipeline's schedules; one that is paused stays so, with its note. Idempotent. */
export async function applySchedules(
  client: Client,
  pipeline: PipelineDefinition,
  taskQueue: string,
  memo?: WarehouseMemo,
): Promise<AppliedSchedule[]> {
  const applied: AppliedSchedule[] = [];
  for (const { cron, ...wanted } of wantedSchedules(pipeline, taskQueue, memo)) {
    const handle = client.schedule.getHandle(wanted.scheduleId);
    const present = await describeSchedule(client, wanted.scheduleId);
    if (present) {
      const isSame =
        cronOf(present.spec) === cron &&
        present.action.taskQueue === taskQueue &&
        warehouseOf(present.action.memo) === (memo && warehouseOf(memo));
      const change = isSame ? 'unchanged' : 'updated';
      await handle.update(({ state }) => ({ spec: wanted.spec, action: wanted.action, policies: wanted.policies ?? {}, state }));
      applied.push({ id: wanted.scheduleId, cron, change });
    } else {
      // Temporal Web shows the expression only taken apart; its notes show it as it was written.
      const state = { note: `runs at ${cron} (UTC)` };
      await client.schedule.create({ ...wanted, state, typedSearchAttributes: attributesOf({ pipeline: pipeline.name }) });
      applied.push({ id: wanted.scheduleId, cron, change: 'created' });
    }
  }
  return applied;
}

export interface MissingSchedule {
  readonly id: string;
  /** Reads on after the id. */
  readonly why: string;
}

/** Schedules that the definitions ask for and that are not there, or are not what they ask for: `schedules apply` makes them so. */
export async function missingSchedules(
  client: Client,
  pipelines: readonly PipelineDefinition[],
  taskQueue: string,
  memo?: WarehouseMemo,
): Promise<MissingSchedule[]> {
  const wanted = pipelines.flatMap((pipeline) => wantedSchedules(pipeline, taskQueue));
  const missing = await Promise.all(
    wanted.map(async ({ scheduleId, cron }): Promise<MissingSchedule | undefined> => {
      const present = await describeSchedule(client, scheduleId);
      if (!present) return { id: scheduleId, why: 'is not there' };
      if (present.action.taskQueue !== taskQueue)
        return { id: scheduleId, why: `starts runs on the task queue ${present.action.taskQueue}, not on ${taskQueue}` };
      const theirs = warehouseOf(present.action.memo);
      if (memo && theirs !== undefined && theirs !== warehouseOf(memo))
        return { id: scheduleId, why: `is of another warehouse, ${theirs}, and this one is ${warehouseOf(memo)}` };
      return cronOf(present.spec) === cron
        ? undefined
        : { id: scheduleId, why: `runs at ${cronOf(present.spec)}, and its definition says ${cron}` };
    }),
  );
  return missing.filter((each) => each !== undefined);
}

/** Undefined when there is none: lists still have a schedule for a moment after it was deleted. */
export async function describeSchedule(client: Client, id: string): Promise<ScheduleDescription | undefined> {
  try {
    return await client.schedule.getHandle(id).describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}

export interface ScheduleState {
  readonly id: string;
  readonly cron: string;
  readonly paused: boolean;
  readonly note: string;
  readonly next: Date | undefined;
  readonly last: Date | undefined;
  /** Workflow id of the last run. */
  readonly lastWorkflowId: string | undefined;
}

/** The task queues on which the schedules of these ids start their runs, by schedule. */
export async function scheduleQueues(client: Client, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const described = await Promise.all(ids.map((id) => describeSchedule(client, id)));
  return new Map(described.flatMap((schedule) => (schedule ? [[schedule.scheduleId, schedule.action.taskQueue] as const] : [])));
}

/** The schedules on the server whose ids belong to the pipeline, those that no definition asks for any more too. */
export async function listSchedules(client: Client, pipeline: string): Promise<ScheduleState[]> {
  const states: ScheduleState[] = [];
  for await (const summary of client.schedule.list()) {
    if (summary.scheduleId.startsWith(`${pipeline}/`)) states.push(stateOf(summary));
  }
  return states.sort((a, b) => (a.id < b.id ? -1 : 1));
}

function stateOf(summary: ScheduleSummary): ScheduleState {
  const last = summary.info.recentActions.at(-1);
  return {
    id: summary.scheduleId,
    cron: cronOf(summary.spec),
    paused: summary.state.paused,
    note: summary.state.note ?? '',
    next: summary.state.paused ? undefined : summary.info.nextActionTimes[0],
    last: last?.takenAt,
    lastWorkflowId: last?.action.workflow.workflowId,
  };
}

function cronOf(spec: ScheduleSummary['spec']): string {
  return spec?.calendars?.[0]?.comment ?? '';
}

/** Ids of the pipeline's schedules that `id` names: one whole id, or with the pipeline's name all of them. Throws when there is none. */
export async function matchSchedules(client: Client, name: string): Promise<string[]> {
  const pipeline = name.split('/')[0] ?? name;
  const ids = (await listSchedules(client, pipeline)).map(({ id }) => id).filter((id) => name === pipeline || id === name);
  if (ids.length === 0) throw new StrataError('misconfigured', `there is no schedule ${name}. Run: strata schedules list`);
  return ids;
}
