import type { ScheduleClient } from '@temporalio/client';
import { Command } from 'commander';
import { applySchedules, listSchedules, matchSchedules, type ScheduleState } from '../connectors/temporal/schedules.js';
import { command, pipelinesOf, type Cli } from './cli.js';
import { ago, until } from './time.js';

interface Options {
  readonly json?: boolean;
  readonly note?: string;
}

const names = 'a pipeline (all of its schedules) or one schedule; all pipelines when left out';

/** `strata schedules ...`: Temporal Schedules made from the definitions. */
export function schedulesCommand(cli: Cli): Command {
  const schedules = new Command('schedules').description('the Temporal Schedules that pick up, process and aggregate');
  schedules.addCommand(
    command('apply', 'create and update schedules from the definitions; what is paused stays paused', ['strata schedules apply'])
      .argument('[pipeline]', 'all pipelines when left out')
      .action(async (name: string | undefined, options: Options) => {
        const project = await cli.project();
        const applied = await cli.withTemporal(project, async (client) => {
          const each = pipelinesOf(project, name).map(({ definition }) => applySchedules(client, definition, project.settings.taskQueue));
          return (await Promise.all(each)).flat();
        });
        if (options.json) return cli.out.json(applied);
        cli.out.table(
          ['schedule', 'cron (UTC)', ''],
          applied.map(({ id, cron, change }) => [id, cron, change]),
        );
      }),
  );
  schedules.addCommand(
    command('list', 'what runs when, and what is paused', ['strata schedules list', 'strata schedules list eastrock --json'])
      .argument('[pipeline]', 'all pipelines when left out')
      .action(async (name: string | undefined, options: Options) => {
        const project = await cli.project();
        const states = await cli.withTemporal(project, async (client) => {
          const each = pipelinesOf(project, name).map(({ definition }) => listSchedules(client, definition.name));
          return (await Promise.all(each)).flat();
        });
        if (options.json) return cli.out.json(states);
        if (states.length === 0) return cli.out.line('there are no schedules; run: strata schedules apply');
        cli.out.table(['schedule', 'cron (UTC)', 'next', 'last', 'note'], states.map(rowOf));
      }),
  );
  const change = (verb: string, past: string, description: string, examples: string[], act: (handle: Handle, options: Options) => Promise<unknown>) => {
    const made = command(verb, description, examples).argument('[name]', names);
    if (verb === 'pause' || verb === 'resume') made.option('--note <text>', 'why, for those who look at it later');
    schedules.addCommand(
      made.action(async (name: string | undefined, options: Options) => {
        const project = await cli.project();
        await cli.withTemporal(project, async (client) => {
          const wanted = name === undefined ? [...project.pipelines.keys()] : [name];
          const ids = (await Promise.all(wanted.map((each) => matchSchedules(client, each)))).flat();
          for (const id of ids) await act(client.schedule.getHandle(id), options);
          if (options.json) cli.out.json(ids.map((id) => ({ id, change: past })));
          else for (const id of ids) cli.out.line(`${id} ${past}`);
        });
      }),
    );
  };
  change('pause', 'paused', 'stop starting new runs; what runs goes on', ['strata schedules pause eastrock --note "source is being moved"'], (handle, { note }) =>
    handle.pause(note ?? 'paused by strata schedules pause'),
  );
  change('resume', 'resumed', 'start runs again', ['strata schedules resume eastrock/users/pickup'], (handle, { note }) =>
    handle.unpause(note ?? 'resumed by strata schedules resume'),
  );
  change('trigger', 'triggered', 'start a run now, whatever the time', ['strata schedules trigger eastrock/process'], (handle) => handle.trigger());
  change('remove', 'removed', 'delete schedules; strata schedules apply makes them again', ['strata schedules remove eastrock'], (handle) => handle.delete());
  return schedules;
}

type Handle = ReturnType<ScheduleClient['getHandle']>;

function rowOf(state: ScheduleState): string[] {
  return [state.id, state.cron, state.paused ? 'paused' : until(state.next), ago(state.last), state.note];
}
