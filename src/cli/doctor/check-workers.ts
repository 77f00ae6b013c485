import type { Client } from '@temporalio/client';
import type { Project } from '../../config/load-project.js';
import type { KnownWorker } from '../../gear/worker-rows.js';
import type { Cli } from '../cli.js';
import { finding, type Finding } from './finding.js';
import { retriesOf, retryLine } from '../../status/retries.js';
import { TaskQueues } from '../../status/task-queues.js';
import { differingDefinitions, workerName } from '../../status/worker-definitions.js';

/** Attempts that fail where a server was only away for some seconds. */
const passing = 3;

/** Whether a worker is alive now, all of them have the definitions that are here, and their work comes through. */
export async function* checkWorkers(cli: Cli, project: Project): AsyncGenerator<Finding> {
  const { taskQueue } = project.settings;
  let alive: readonly KnownWorker[] = [];
  yield await finding('worker', () =>
    cli.withTemporal(project, async (client) => {
      const queues = await TaskQueues.look(cli, project, client);
      const { isServed, problem, remedy } = await queues.state(taskQueue);
      if (!isServed) return { state: 'wrong', message: `${problem}. To start work, ${remedy}` };
      alive = queues.alive(taskQueue);
      return `task queue ${taskQueue}${alive.length === 0 ? '' : `: ${alive.map(workerName).join(', ')}`}`;
    }),
  );
  yield await finding('work', () => cli.withTemporal(project, (client) => work(client, [...project.pipelines.keys()])));
  if (alive.length === 0) return;
  const lines = differingDefinitions(project, alive);
  yield { check: "workers' definitions", state: lines.length === 0 ? 'good' : 'wrong', message: lines.join('\n') };
}

/** A lock, or a server that was away for a moment, is not a fault. An activity that has failed that often waits for a person. */
async function work(client: Client, pipelines: readonly string[]): Promise<string | { state: 'warning' | 'wrong'; message: string }> {
  const retries = (await Promise.all(pipelines.map((pipeline) => retriesOf(client, pipeline)))).flat();
  if (retries.length === 0) return 'nothing is tried again';
  const shown = retries.slice(0, 10).map(retryLine);
  const more = retries.length > shown.length ? [`and ${retries.length - shown.length} more: strata why`] : [];
  return { state: retries.some(({ attempt }) => attempt > passing) ? 'wrong' : 'warning', message: [...shown, ...more].join('\n') };
}
