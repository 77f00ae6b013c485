import type { Project } from '../../config/load-project.js';
import { orphanedSchedules } from '../../connectors/temporal/schedules/orphaned-schedules.js';
import { listSchedules, missingSchedules } from '../../connectors/temporal/schedules/schedules.js';
import { missingSearchAttributes } from '../../connectors/temporal/search-attributes.js';
import type { Cli } from '../cli.js';
import { finding, type Finding } from './finding.js';
import { strandedLines, strandedWork } from '../../status/stranded.js';
import { TaskQueues } from '../../status/task-queues.js';
import { warehouseMemo } from '../follow/warehouse-memo.js';

/** Whether Temporal answers, knows the search attributes, and has schedules and runs only where a worker serves them. */
export async function* checkTemporal(cli: Cli, project: Project): AsyncGenerator<Finding> {
  const reached = await finding('Temporal', () => cli.withTemporal(project, async ({ options }) => `namespace ${options.namespace}`));
  yield reached;
  if (reached.state !== 'good') return;
  yield await finding('search attributes', () =>
    cli.withTemporal(project, async (client) => {
      const missing = await missingSearchAttributes(client);
      return missing.length === 0 ? '' : { state: 'wrong', message: `${missing.join(', ')} are not registered. Run: strata migrate` };
    }),
  );
  yield await finding('schedules', () => schedules(cli, project));
  yield await finding('task queues', () => taskQueues(cli, project));
}

function schedules(cli: Cli, project: Project): Promise<string | { state: 'warning'; message: string }> {
  return cli.withTemporal(project, async (client) => {
    const definitions = [...project.pipelines.values()].map(({ definition }) => definition);
    const found = (await Promise.all(definitions.map(({ name }) => listSchedules(client, name)))).flat();
    const paused = found.filter((schedule) => schedule.paused);
    const [orphans, missing] = await Promise.all([
      orphanedSchedules(client, definitions, project.settings.taskQueue),
      missingSchedules(client, definitions, project.settings.taskQueue, await warehouseMemo(cli, project)),
    ]);
    const notes = [
      ...(found.length === 0
        ? ['there are no schedules. Run: strata schedules apply']
        : missing.map(({ id, why }) => `${id} ${why}. Run: strata schedules apply`)),
      ...(paused.length > 0
        ? [`paused: ${paused.map(({ id }) => id).join(', ')}. To let them start runs again, run: strata schedules resume`]
        : []),
      ...orphans.map((id) => `${id} belongs to no definition. Run: strata schedules remove ${id}`),
    ];
    return notes.length === 0 ? `${found.length} of them` : { state: 'warning', message: notes.join('\n') };
  });
}

/** Runs and schedules on a task queue that is not ours and that nobody serves. */
function taskQueues(cli: Cli, project: Project): Promise<string | { state: 'wrong'; message: string }> {
  return cli.withTemporal(project, async (client) => {
    const { taskQueue } = project.settings;
    const queues = await TaskQueues.look(cli, project, client);
    const stranded = await Promise.all([...project.pipelines.keys()].map((name) => strandedWork(client, queues, name, taskQueue)));
    const lines = stranded.flat().flatMap(strandedLines);
    return lines.length === 0 ? 'no run waits on a task queue that no worker serves' : { state: 'wrong', message: lines.join('\n') };
  });
}
