import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { dateOf } from './date-of.js';

/** TaskQueueType of Temporal's API. */
const workflowTasks = 1;
const poll = 3_000;
const tries = 10;

/** Temporal's own time: that at which it was asked for work of a queue that nobody else has. No request tells it; undefined when this does not either. */
export async function temporalTime(client: Client): Promise<Date | undefined> {
  const { namespace } = client.options;
  const taskQueue = { name: `strata-clock-${randomUUID()}` };
  const asked = client
    .withDeadline(Date.now() + poll, () =>
      client.workflowService.pollWorkflowTaskQueue({ namespace, taskQueue, identity: 'strata doctor' }),
    )
    .catch(() => undefined);
  try {
    for (let attempt = 0; attempt < tries; attempt += 1) {
      const { pollers } = await client.workflowService.describeTaskQueue({ namespace, taskQueue, taskQueueType: workflowTasks });
      const [time] = (pollers ?? []).flatMap(({ lastAccessTime }) => (lastAccessTime ? [dateOf(lastAccessTime)] : []));
      if (time) return time;
      await new Promise((resolve) => setTimeout(resolve, poll / tries));
    }
    return undefined;
  } finally {
    await asked;
  }
}
