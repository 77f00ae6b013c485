import type { Project } from '../../config/load-project.js';
import { storeTime } from '../../connectors/probe-source.js';
import { listWorkers } from '../../gear/worker-rows.js';
import { temporalTime } from '../../connectors/temporal/server-time.js';
import { projectStores } from '../../config/project-stores.js';
import type { Cli } from '../cli.js';
import { finding, type Finding } from './finding.js';
import { duration } from '../../contracts/format-times.js';

/** Beyond it times that are shown mislead; in seconds. */
const noticed = 30;
/** S3 refuses requests that are signed 15 minutes apart from its own time. */
const refused = 10 * 60;

interface Clock {
  readonly name: string;
  /** Ahead of the clock of this machine. */
  readonly ahead: number;
}

/** Whether the clocks of this machine, the warehouse, Temporal, the stores and the workers show about the same time. */
export async function* checkClocks(cli: Cli, project: Project): AsyncGenerator<Finding> {
  yield await finding('clocks', async () => {
    const clocks = (await Promise.all([warehouseClocks(cli, project), temporalClock(cli, project), storeClocks(project)])).flat();
    const off = clocks.filter(({ ahead }) => Math.abs(ahead) > noticed);
    if (off.length === 0) return clocks.map(({ name }) => name).join(', ');
    const lines = off.map(
      ({ name, ahead }) =>
        `the clock of ${name} is ${duration(Math.abs(ahead))} ${ahead > 0 ? 'ahead of' : 'behind'} the clock of this machine. Let both follow a time server`,
    );
    return { state: off.some(({ ahead }) => Math.abs(ahead) > refused) ? 'wrong' : 'warning', message: lines.join('\n') };
  });
}

/** What can't be asked says so by a check of its own. */
async function warehouseClocks(cli: Cli, project: Project): Promise<Clock[]> {
  if (project.settings.mysqlUrl === undefined) return [];
  return cli
    .withWarehouse(project, async (warehouse) => {
      const [row] = await warehouse.query<{ time: string }>('select utc_timestamp(6) as time');
      const ahead = aheadOf(new Date(`${String(row?.time).replace(' ', 'T')}Z`));
      const workers = await cli.withTemporal(project, ({ options }) => listWorkers(warehouse, options.namespace));
      const alive = workers.filter(({ isAlive, taskQueue }) => isAlive && taskQueue === project.settings.taskQueue);
      return [
        { name: 'the warehouse', ahead },
        ...alive.map(({ processId, host, secondsAhead }) => ({ name: `the worker ${processId} on ${host}`, ahead: ahead + secondsAhead })),
      ];
    })
    .catch(() => []);
}

async function temporalClock(cli: Cli, project: Project): Promise<Clock[]> {
  const time = await cli.withTemporal(project, temporalTime).catch(() => undefined);
  return time === undefined ? [] : [{ name: 'Temporal', ahead: aheadOf(time) }];
}

async function storeClocks(project: Project): Promise<Clock[]> {
  const stores = projectStores(project);
  const clocks = await Promise.all(
    [...project.pipelines.keys()].map(async (name) => {
      const time = await Promise.resolve()
        .then(() => storeTime(stores.sourceOf(name)))
        .catch(() => undefined);
      return time === undefined ? [] : [{ name: `the source of ${name}`, ahead: aheadOf(time) }];
    }),
  );
  return clocks.flat();
}

function aheadOf(time: Date): number {
  return (time.getTime() - Date.now()) / 1_000;
}
