import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Project } from '../../config/load-project.js';
import type { Cli } from '../cli.js';
import { TaskQueues } from '../../status/task-queues.js';
import { differingDefinitions } from '../../status/worker-definitions.js';

/** A worker that is just being started needs no words. */
const patience = 5_000;
const interval = 10_000;
/** While one is missing: it may come at any moment. */
const shortInterval = 2_000;

/**
 * Says when no worker serves the run's task queue, from the start or from some time on, and when workers have other definitions: nothing
 * else would say why nothing moves. Never fails.
 */
export async function watchForWorkers(cli: Cli, project: Project, client: Client, taskQueue: string, signal: AbortSignal): Promise<void> {
  let missing = false;
  let differing = '';
  for (let wait = patience; !signal.aborted; wait = missing ? shortInterval : interval) {
    try {
      await sleep(wait, undefined, { signal });
      const queues = await TaskQueues.look(cli, project, client);
      const { isServed, problem, remedy } = await queues.state(taskQueue);
      if (signal.aborted) return;
      const lines = differingDefinitions(project, queues.alive(taskQueue)).join('\n');
      if (lines !== '' && differing === '') note(cli, lines);
      differing = lines;
      if (isServed !== missing) continue;
      missing = !isServed;
      note(cli, missing ? `${problem}. The run waits for one. To go on, ${remedy}` : `a worker serves the task queue ${taskQueue} now`);
    } catch {
      // Watching ended, or Temporal does not answer: both show elsewhere.
    }
  }
}

function note({ out }: Cli, text: string): void {
  out.status('');
  out.note(text);
}
