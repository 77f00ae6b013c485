import type { Command } from 'commander';
import { neighboursOf } from '../../engine/definition/match/neighbours.js';
import type { Project } from '../../config/load-project.js';
import { loadedObjects } from '../../gear/loads/loaded-objects.js';
import { checkDurability } from '../../connectors/mysql/checks/check-server.js';
import { listSchedules } from '../../connectors/temporal/schedules.js';
import type { CompiledPipeline } from '../../engine/compiled-pipeline.js';
import type { SqlRow, Warehouse } from '../../engine/warehouse.js';
import { byteSize, counted, grouped } from '../../contracts/format-numbers.js';
import { projectStores } from '../../config/project-stores.js';
import { pipelinesOf, type Cli } from '../cli.js';
import { withJson } from '../grammar.js';
import { jsonRow } from '../terminal/json-row.js';
import { lastRuns } from '../../status/last-runs.js';
import { layerLags } from '../../status/layer-lag.js';
import { retriesOf, retryLine } from '../../status/retries.js';
import { strandedLines, strandedWork } from '../../status/stranded.js';
import { TaskQueues } from '../../status/task-queues.js';
import { ago, duration } from '../../contracts/format-times.js';
import { remarkLines, waitingFiles } from '../../status/waiting-files.js';
import { differingDefinitions } from '../../status/worker-definitions.js';
import { visibleLine } from '../../contracts/escape-controls.js';

/** `strata status`: where everything stands, from the store, the warehouse and Temporal. */
export function statusCommand(command: Command, cli: Cli): void {
  withJson(command, ['strata status', 'strata status eastrock --json'])
    .argument('[pipeline]', 'all pipelines when left out')
    .action(async (name: string | undefined, options: { json?: boolean }) => {
      const project = await cli.project({ warehouse: true, sources: true });
      const states = [];
      for (const pipeline of pipelinesOf(project, name)) states.push(await gather(cli, project, pipeline));
      if (options.json) return cli.out.json(states.map((state) => ({ ...state, loads: state.loads.map(jsonRow) })));
      for (const state of states) print(cli, state);
    });
}

interface LoadCount extends SqlRow {
  feed: string;
  state: string;
  loads: number;
  rows_staged: number;
  rows_quarantined: number;
}

type State = Awaited<ReturnType<typeof gather>>;

async function gather(cli: Cli, project: Project, pipeline: CompiledPipeline) {
  const { definition } = pipeline;
  const stores = projectStores(project);
  const store = stores.sourceOf(definition.name);
  const neighbours = neighboursOf(definition.name, project.pipelines, stores);
  const [{ source, ...warehouse }, temporal] = await Promise.all([
    cli.withWarehouse(project, async (connected) => ({
      source: await waitingFiles(store, definition, neighbours, (objects) => loadedObjects(connected, definition.name, store, objects)),
      undurable: project.settings.releaseUndurable ? [] : (await checkDurability(connected)).map(({ message }) => message),
      lags: await layerLags(connected, definition.name),
      loads: await loadCounts(connected, definition.name),
    })),
    cli.withTemporal(project, async (client) => {
      const { taskQueue } = project.settings;
      const queues = await TaskQueues.look(cli, project, client);
      const queue = await queues.state(taskQueue);
      return {
        schedules: await listSchedules(client, definition.name),
        runs: await lastRuns(client, definition.name),
        worker: queue.isServed,
        workers: queues.alive(taskQueue),
        queue,
        differing: differingDefinitions(project, queues.alive(taskQueue)),
        retries: await retriesOf(client, definition.name),
        stranded: await strandedWork(client, queues, definition.name, taskQueue),
      };
    }),
  ]);
  return { pipeline: definition.name, source: { url: store.url, ...source }, ...warehouse, ...temporal };
}

/** Sums come as texts. */
async function loadCounts(warehouse: Warehouse, pipeline: string): Promise<LoadCount[]> {
  const counts = await warehouse.query<LoadCount>(
    `select feed, state, count(*) as loads, sum(rows_staged) as rows_staged, sum(rows_quarantined) as rows_quarantined
     from gear.loads where pipeline = ? group by feed, state order by feed, state`,
    [pipeline],
  );
  return counts.map((row) => ({
    ...row,
    loads: Number(row.loads),
    rows_staged: Number(row.rows_staged),
    rows_quarantined: Number(row.rows_quarantined),
  }));
}

function print({ out }: Cli, state: State): void {
  out.line(`${state.pipeline}: ${state.source.url}`);
  out.line();
  out.table(
    ['feed', 'files waiting', 'size', 'oldest'],
    Object.entries(state.source.feeds).map(([feed, { files, bytes, oldest }]) => [
      feed,
      grouped(files),
      byteSize(bytes),
      oldest === undefined ? '' : ago(new Date(oldest)),
    ]),
  );
  const { loaded, others, leftAlone, remarks } = state.source;
  if (loaded > 0)
    out.line(
      `${counted(loaded, 'file')} in the source ${loaded === 1 ? 'is' : 'are'} loaded and not released: kept, or until ${loaded === 1 ? 'its' : 'their'} time has come`,
    );
  for (const message of state.undurable) out.line(`the warehouse's server: ${message}`);
  if (others.files > 0) {
    out.line(
      `${grouped(others.files)} other objects match no feed and are left alone: ${others.keys.slice(0, 5).map(visibleLine).join(', ')}${others.files > 5 ? ', ...' : ''}`,
    );
  }
  for (const line of [...remarkLines('left alone:', leftAlone), ...remarkLines('to know:', remarks)]) out.line(line);
  out.line();
  out.table(
    ['loads of', 'state', 'loads', 'rows staged', 'quarantined'],
    state.loads.map((row) => [
      row.feed,
      row.state,
      ...[row.loads, row.rows_staged, row.rows_quarantined].map((count) => grouped(Number(count))),
    ]),
  );
  out.line();
  out.table(
    ['layer', 'lag', 'behind', 'last change'],
    state.lags.map(({ layer, behind, since, latest }) => [
      layer,
      behind === 0 ? 'current' : duration((Date.now() - (since?.getTime() ?? Date.now())) / 1_000),
      behind === 0 ? '' : `${grouped(behind)} ${layer === 'staging' || layer === 'bulk' ? 'loads' : 'tables'}`,
      ago(latest),
    ]),
  );
  out.line();
  out.table(
    ['last runs', 'feed', 'status', 'started', 'took'],
    state.runs.map(({ type, feed, status, started, ended }) => [
      type,
      feed,
      status,
      ago(started),
      ended ? duration((ended.getTime() - started.getTime()) / 1_000) : '',
    ]),
  );
  const paused = state.schedules.filter((schedule) => schedule.paused);
  out.line();
  if (state.schedules.length === 0) out.line('no schedules: run: strata schedules apply');
  for (const { id, note } of paused) out.line(`schedule ${id} is paused: ${note}`);
  for (const line of state.retries.map(retryLine)) out.line(line);
  for (const line of [...state.differing, ...state.stranded.flatMap(strandedLines)]) out.line(line);
  if (!state.worker) out.line(`${state.queue.problem}; ${state.queue.remedy}`);
}
