import type { Client, ScheduleClient } from '@temporalio/client';
import type { Command } from 'commander';
import type { Project } from '../../config/load-project.js';
import type { RunningWorkflow } from '../../connectors/temporal/running.js';
import { applySchedules, listSchedules, matchSchedules, type ScheduleState } from '../../connectors/temporal/schedules/schedules.js';
import type { CompiledPipeline } from '../../engine/compiled-pipeline.js';
import { pipelinesOf, type Cli } from '../cli.js';
import { withJson } from '../grammar.js';
import { endStranded, startsAgain, strandedWork } from '../../status/stranded.js';
import { TaskQueues } from '../../status/task-queues.js';
import { ago, until } from '../../contracts/format-times.js';
import { warehouseMemo } from '../follow/warehouse-memo.js';

interface Options {
  readonly json?: boolean;
  readonly note?: string;
}

const names = 'one schedule, or a pipeline for all of its schedules (default: all pipelines)';

/** `strata schedules ...`: Temporal Schedules made from the definitions. */
export function schedulesCommand(schedules: Command, cli: Cli): void {
  const applied =
    'create and update schedules from the definitions (paused ones stay paused), and end runs whose task queue no worker serves';
  withJson(schedules.command('apply').description(applied), ['strata schedules apply'])
    .argument('[pipeline]', 'the pipeline (default: all)')
    .action(async (name: string | undefined, options: Options) => {
      const project = await cli.project();
      await cli.withTemporal(project, (client) => apply(cli, project, client, pipelinesOf(project, name), options));
    });
  withJson(schedules.command('list').description('list schedules, their next and last runs, and what is paused'), [
    'strata schedules list',
    'strata schedules list eastrock --json',
  ])
    .argument('[pipeline]', 'the pipeline (default: all)')
    .action(async (name: string | undefined, options: Options) => {
      const project = await cli.project();
      const states = await cli.withTemporal(project, async (client) => {
        const each = pipelinesOf(project, name).map(({ definition }) => listSchedules(client, definition.name));
        return (await Promise.all(each)).flat();
      });
      if (options.json) return cli.out.json(states);
      if (states.length === 0) return cli.out.prose('there are no schedules. To create them, run: strata schedules apply');
      cli.out.table(['schedule', 'cron (UTC)', 'next', 'last', 'note'], states.map(rowOf));
    });
  const change = (
    verb: string,
    past: string,
    description: string,
    examples: string[],
    act: (handle: Handle, options: Options) => Promise<unknown>,
  ) => {
    const made = withJson(schedules.command(verb).description(description), examples).argument('[name]', names);
    if (verb === 'pause' || verb === 'resume') made.option('--note <text>', 'a reason, shown by strata schedules list');
    made.action(async (name: string | undefined, options: Options) => {
      const project = await cli.project();
      await cli.withTemporal(project, async (client) => {
        const wanted = name === undefined ? [...project.pipelines.keys()] : [name];
        const ids = (await Promise.all(wanted.map((each) => matchSchedules(client, each)))).flat();
        for (const id of ids) await act(client.schedule.getHandle(id), options);
        if (options.json) cli.out.json(ids.map((id) => ({ id, change: past })));
        else for (const id of ids) cli.out.prose(`${id} ${past}`);
      });
    });
  };
  change(
    'pause',
    'paused',
    'stop schedules from starting runs (running ones go on)',
    ['strata schedules pause eastrock --note "source is being moved"'],
    (handle, { note }) => handle.pause(note ?? 'paused by strata schedules pause'),
  );
  change(
    'resume',
    'resumed',
    'let paused schedules start runs again',
    ['strata schedules resume eastrock/users/pickup'],
    (handle, { note }) => handle.unpause(note ?? 'resumed by strata schedules resume'),
  );
  change('trigger', 'triggered', 'start a run now, regardless of the schedule', ['strata schedules trigger eastrock/process'], (handle) =>
    handle.trigger(),
  );
  change('remove', 'removed', 'delete schedules (strata schedules apply recreates them)', ['strata schedules remove eastrock'], (handle) =>
    handle.delete(),
  );
}

/** Schedules first: what is ended then starts no more where nobody serves it. */
async function apply(cli: Cli, project: Project, client: Client, pipelines: readonly CompiledPipeline[], options: Options): Promise<void> {
  const { taskQueue } = project.settings;
  const memo = await warehouseMemo(cli, project);
  const applied = (await Promise.all(pipelines.map(({ definition }) => applySchedules(client, definition, taskQueue, memo)))).flat();
  const queues = await TaskQueues.look(cli, project, client);
  const stranded = (await Promise.all(pipelines.map(({ definition }) => strandedWork(client, queues, definition.name, taskQueue)))).flat();
  const ended: RunningWorkflow[] = [];
  for (const each of stranded) ended.push(...(await endStranded(client, each)));
  if (options.json) cli.out.json([...applied, ...ended.map(({ workflowId }) => ({ id: workflowId, cron: '', change: 'ended' }))]);
  else {
    cli.out.table(
      ['schedule', 'cron (UTC)', 'change'],
      applied.map(({ id, cron, change }) => [id, cron, change]),
    );
    for (const run of ended) {
      const again = startsAgain(run);
      const next = again === undefined ? '' : ` To start it again, run: ${again}`;
      cli.out.prose(
        `${run.workflowId} was ended, because no worker serves its task queue ${run.taskQueue}. What it committed stays.${next}`,
      );
    }
  }
  const { isServed, problem, remedy } = await queues.state(taskQueue);
  if (!isServed) cli.out.note(`${problem}, so nothing that the schedules start moves. To go on, ${remedy}`);
}

type Handle = ReturnType<ScheduleClient['getHandle']>;

function rowOf(state: ScheduleState): string[] {
  return [state.id, state.cron, state.paused ? 'paused' : until(state.next), ago(state.last), noteOf(state)];
}

/** A schedule's own note is its cron expression, which the table has already. */
function noteOf({ note, cron }: ScheduleState): string {
  return note === `runs at ${cron} (UTC)` ? '' : note;
}
