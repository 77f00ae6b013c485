import type { Client } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { searchAttributes } from '../../../contracts/names.js';
import type { PipelineDefinition } from '../../../engine/definition/types.js';
import { describeSchedule } from './schedules.js';
import { wantedSchedules } from './wanted-schedules.js';

/**
 * Ids of schedules that `schedules apply` once made for this task queue, and that no definition asks for any more: each start of theirs
 * fails. Those of other task queues belong to workers with other pipelines.
 */
export async function orphanedSchedules(client: Client, pipelines: readonly PipelineDefinition[], taskQueue: string): Promise<string[]> {
  const wanted = new Set(pipelines.flatMap((pipeline) => wantedSchedules(pipeline, taskQueue)).map(({ scheduleId }) => scheduleId));
  const { name, type } = searchAttributes.pipeline;
  const ours = defineSearchAttributeKey(name, type);
  const orphans: string[] = [];
  for await (const { scheduleId, typedSearchAttributes } of client.schedule.list()) {
    if (wanted.has(scheduleId) || typedSearchAttributes?.get(ours) === undefined) continue;
    const present = await describeSchedule(client, scheduleId);
    if (present?.action.taskQueue === taskQueue) orphans.push(scheduleId);
  }
  return orphans.sort();
}
