import type { Project } from '../../config/load-project.js';
import type { KnownWorker } from '../../connectors/mysql/worker-rows.js';
import type { Cli } from '../cli.js';
import { finding, type Finding } from '../finding.js';
import { TaskQueues } from '../task-queues.js';
import { differingDefinitions, workerName } from '../worker-definitions.js';

/** Whether a worker is alive now, and all of them have the definitions that are here. */
export async function* checkWorkers(cli: Cli, project: Project): AsyncGenerator<Finding> {
  const { taskQueue } = project.settings;
  let alive: readonly KnownWorker[] = [];
  yield await finding('worker', () =>
    cli.withTemporal(project, async (client) => {
      const queues = await TaskQueues.look(cli, project, client);
      const { isServed, problem, remedy } = await queues.state(taskQueue);
      if (!isServed) return { state: 'wrong', message: `${problem}; ${remedy}` };
      alive = queues.alive(taskQueue);
      return `task queue ${taskQueue}${alive.length === 0 ? '' : `: ${alive.map(workerName).join(', ')}`}`;
    }),
  );
  if (alive.length === 0) return;
  const lines = differingDefinitions(project, alive);
  yield { check: "workers' definitions", state: lines.length === 0 ? 'good' : 'wrong', message: lines.join('\n') };
}
