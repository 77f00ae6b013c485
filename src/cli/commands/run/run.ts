import type { Command } from 'commander';
import { runScope } from '../../../contracts/dates/dated-runs.js';
import { workflowIds, workflowTypes } from '../../../contracts/names.js';
import { attributesOf } from '../../../contracts/search-attributes.js';
import { pipelineOf, type Cli } from '../../cli.js';
import { withJson } from '../../grammar.js';
import { follow } from '../../follow/follow.js';
import { failOnHelp, parseFailOn, type LeftOut } from '../../follow/left-out.js';
import { startOrAttach } from '../../follow/start-or-attach.js';
import { dateOption, type PeriodOptions } from '../../period.js';
import { commandOf, runInput, type ScopeOptions } from './run-input.js';

interface Options extends PeriodOptions, ScopeOptions {
  readonly json?: boolean;
  readonly detach?: boolean;
  readonly dryRun?: boolean;
  readonly failOn?: readonly LeftOut[];
}

/** `strata run`: the whole job once, or for some dates, watched to its end. */
export function runCommand(command: Command, cli: Cli): void {
  withJson(command, [
    'strata run eastrock',
    'strata run eastrock --json > report.json',
    'strata run eastrock --fail-on refused,quarantined',
    'strata run eastrock --detach',
    'strata run b2b --init',
    'strata run b2b --date 2020-06-22',
    'strata run b2b --from 2020-06-01 --to 2020-06-30 --dry-run',
  ])
    .argument('<pipeline>', 'the pipeline')
    .option('--date <date>', 'only files of this date, as in 2026-01-31', dateOption)
    .option('--from <date>', 'only files of dates from this one on', dateOption)
    .option('--to <date>', 'only files of dates up to and including this one', dateOption)
    .option('--init', 'only files of feeds that have one date for all files')
    .option('--feeds <feeds>', 'only these feeds, of a run by date (separate several by commas)')
    .option('--dry-run', 'list the dates and files that such a run would load, and start nothing')
    .option('--fail-on <kinds>', failOnHelp, parseFailOn)
    .option('--detach', 'start the run and do not watch it')
    .action(async (name: string, options: Options) => {
      const project = await cli.project(options.dryRun ? { warehouse: true, sources: true } : {});
      const compiled = pipelineOf(project, name);
      const input = runInput(compiled.definition, options);
      if (options.dryRun) {
        const { dryRun } = await import('./dry-run.js');
        return dryRun(cli, project, compiled, input, options.json ?? false);
      }
      const { pipeline } = input;
      await cli.withTemporal(project, async (client) => {
        const { handle, attached, taskQueue } = await startOrAttach(cli, project, client, workflowTypes.run, {
          workflowId: workflowIds.run(pipeline, runScope(input)),
          args: [input],
          typedSearchAttributes: attributesOf({ pipeline }),
          staticSummary: ['files to bus', runScope(input)].filter((part) => part !== '').join(' of '),
          staticDetails: 'Picks up every file that it is for, then processes, loads the vault and refreshes the marts.',
        });
        if (attached && !options.json) cli.out.note(`${handle.workflowId} runs already: watching that one`);
        if (options.detach)
          return options.json ? cli.out.json({ workflowId: handle.workflowId, attached }) : cli.out.line(`${handle.workflowId} started`);
        await follow(cli, project, client, handle, {
          json: options.json,
          again: commandOf(input),
          taskQueue,
          failOn: options.failOn,
        });
      });
    });
}
