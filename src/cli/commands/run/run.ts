import { basename } from 'node:path';
import type { Command } from 'commander';
import type { Project } from '../../../config/load-project.js';
import { listOf, listText, periodText, runScope } from '../../../contracts/dates/dated-runs.js';
import { counted } from '../../../contracts/format-numbers.js';
import { workflowIds, workflowTypes } from '../../../contracts/names.js';
import { attributesOf } from '../../../contracts/search-attributes.js';
import type { RunInput } from '../../../contracts/workflows.js';
import type { CompiledPipeline } from '../../../engine/compiled-pipeline.js';
import { pipelineOf, type Cli } from '../../cli.js';
import { withJson } from '../../grammar.js';
import { follow } from '../../follow/follow.js';
import { failOnHelp, parseFailOn, type LeftOut } from '../../follow/left-out.js';
import { startOrAttach } from '../../follow/start-or-attach.js';
import { dateOption, type PeriodOptions } from '../../period.js';
import { UsageError } from '../../usage-error.js';
import { commandOf, runInput, type ScopeOptions } from './run-input.js';

interface Options extends PeriodOptions, ScopeOptions {
  readonly json?: boolean;
  readonly detach?: boolean;
  /** A file where one is given. */
  readonly dryRun?: boolean | string;
  readonly as?: string;
  readonly retryFailed?: boolean;
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
    'strata run b2b --from 2020-06-01 --to 2020-06-30 --retry-failed',
    'strata run eastrock --dry-run users.csv',
  ])
    .argument('<pipeline>', 'the pipeline')
    .option('--date <date>', 'only files of this date, as in 2026-01-31', dateOption)
    .option('--from <date>', 'only files of dates from this one on', dateOption)
    .option('--to <date>', 'only files of dates up to and including this one', dateOption)
    .option('--init', 'only files of feeds that have one date for all files')
    .option('--feeds <feeds>', 'with dates or --init: only these feeds (separate several by commas)')
    .option('--retry-failed', 'with --from and --to: only from the first to the last date that is not complete')
    .option(
      '--dry-run [file]',
      'start nothing, and list the files that the run would load. With a local file: say what loading it would change',
    )
    .option('--as <name>', 'with --dry-run <file>: the name of the file in the source, with folders if the feed has them')
    .option('--fail-on <kinds>', failOnHelp, parseFailOn)
    .option('--detach', 'start the run and do not watch it')
    .action(async (name: string, options: Options) => {
      const { dryRun: tried = false, retryFailed = false, json = false } = options;
      if (typeof tried === 'string') return tryFile(cli, name, tried, options);
      if (options.as !== undefined) throw new UsageError('--as goes with --dry-run <file>');
      const project = await cli.project(tried || retryFailed ? { warehouse: true, sources: true } : {});
      const compiled = pipelineOf(project, name);
      const wanted = runInput(compiled.definition, options);
      const input = retryFailed ? await withoutComplete(cli, project, compiled, wanted) : wanted;
      if (!input) return;
      if (tried) {
        const { dryRun } = await import('./dry-run.js');
        return dryRun(cli, project, compiled, input, json);
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
        if (attached && !options.json) cli.out.note(`${handle.workflowId} runs already. Watching that run`);
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

async function tryFile(cli: Cli, name: string, file: string, { as, json = false }: Options): Promise<void> {
  const project = await cli.project({ warehouse: true });
  const { dryRunFile } = await import('./dry-run-file.js');
  return dryRunFile(cli, project, pipelineOf(project, name), { file, name: as ?? basename(file), json });
}

/** The shortest period with all dates that are not complete; undefined, and said, where there are none. */
async function withoutComplete(cli: Cli, project: Project, compiled: CompiledPipeline, input: RunInput): Promise<RunInput | undefined> {
  if (!input.dates || input.dates.from === input.dates.to) throw new UsageError('--retry-failed goes with --from and --to');
  const { incompleteDates } = await import('./incomplete-dates.js');
  const found = await cli.withWarehouse(project, (warehouse) => incompleteDates(project, warehouse, compiled, input));
  if (found) {
    cli.out.note(`${counted(found.dates.length, 'date is', 'dates are')} not complete: ${listText(listOf(found.dates))}`);
    return { ...input, dates: found.period };
  }
  cli.out.line(`${periodText(input.dates)} is complete. Nothing was started`);
  return undefined;
}
