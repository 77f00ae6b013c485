import type { Client } from '@temporalio/client';
import type { Trouble } from '../../contracts/alerts/incidents.js';
import { duration } from '../../contracts/format-times.js';
import { lateWork } from '../../connectors/temporal/incidents/late-work.js';
import { durationSeconds } from '../../engine/definition/release.js';
import type { PipelineDefinition } from '../../engine/definition/types.js';

/** Of a definition that names none. */
const defaultLimit = '30 minutes';

/** Schedules whose work has not ended well in time. */
export async function findLate(client: Client, definition: PipelineDefinition, taskQueue: string): Promise<Trouble[]> {
  const pipeline = definition.name;
  const seconds = durationSeconds(definition.lateAfter ?? defaultLimit) ?? 0;
  const late = await lateWork(client, definition, { taskQueue, limit: seconds * 1_000, now: new Date() });
  return late.map(({ name, workflowId, started, isRunning, lastGood }) => ({
    ...{ pipeline, kind: 'late', subject: name, cause: lastGood?.runId ?? 'never' },
    summary: `${pipeline}/${name} is late: it has not ended well within ${duration(seconds)}`,
    details: [
      isRunning ? `${workflowId} has not ended yet` : `${workflowId} did not end well`,
      lastGood ? `it last ended well at ${minute(lastGood.ended)}` : 'Temporal knows of no run of it that ended well',
    ],
    commands: [`strata why ${workflowId}`, `strata status ${pipeline}`],
    at: started.toISOString(),
  }));
}

function minute(time: Date): string {
  return `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
