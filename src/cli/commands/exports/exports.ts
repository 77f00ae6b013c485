import type { Command } from 'commander';
import type { OutputsInput } from '../../../contracts/outputs.js';
import type { ExportsInput } from '../../../contracts/workflows.js';
import { workflowIds, workflowTypes } from '../../../contracts/names.js';
import { attributesOf } from '../../../contracts/search-attributes.js';
import type { CompiledPipeline } from '../../../engine/compiled-pipeline.js';
import { pipelineOf, type Cli } from '../../cli.js';
import { follow } from '../../follow/follow.js';
import { startOrAttachToSame } from '../../follow/start-or-attach.js';
import { atLeastOne, withJson } from '../../grammar.js';
import { dateOption, periodOf, type PeriodOptions } from '../../period.js';
import { UsageError } from '../../usage-error.js';
import { listExports, type ListOptions } from './list-exports.js';

/** `strata exports list` and `run`: files made from the warehouse. */
export function exportsCommand(exports: Command, cli: Cli): void {
  withJson(exports.command('list').description('list exports, each with the file that it wrote last'), [
    'strata exports list',
    'strata exports list shop --json',
    'strata exports list shop --date 2026-01-31',
  ])
    .argument('[pipeline]', 'the pipeline (default: all)')
    .option('--date <date>', 'exports by date: show the files of this date, as in 2026-01-31', dateOption)
    .option('--dates <number>', 'exports by date: show the files of this many newest dates', atLeastOne, 3)
    .action((name: string | undefined, options: ListOptions) => listExports(cli, name, options));
  withJson(exports.command('run').description('compute exports now, and write the files whose rows have changed'), [
    'strata exports run shop',
    'strata exports run shop daily_sales --force',
    'strata exports run shop orders_by_date --date 2026-01-31',
  ])
    .argument('<pipeline>', 'the pipeline')
    .argument('[exports...]', 'names of exports (default: all exports without a date, or with dates all exports by date)')
    .option('--date <date>', 'exports by date: write the files of this date, as in 2026-01-31', dateOption)
    .option('--from <date>', 'exports by date: write the files of all dates from this one on', dateOption)
    .option('--to <date>', 'exports by date: write the files of all dates up to and including this one', dateOption)
    .option('--force', 'also write files whose rows have not changed')
    .action((name: string, wanted: string[], options: RunOptions) => run(cli, name, wanted, options));
}

interface RunOptions extends PeriodOptions {
  readonly json?: boolean;
  readonly force?: boolean;
}

async function run(cli: Cli, name: string, wanted: readonly string[], { json, force = false, ...options }: RunOptions): Promise<void> {
  const project = await cli.project();
  const dates = periodOf(options);
  const names = wantedExports(pipelineOf(project, name), wanted, dates !== undefined);
  await cli.withTemporal(project, async (client) => {
    const start = {
      typedSearchAttributes: attributesOf({ pipeline: name }),
      staticSummary: `write ${wanted.length > 0 ? wanted.join(', ') : 'all exports'}${dates ? ` of ${dates.from} to ${dates.to}` : ''}`,
    };
    const { handle, attached, taskQueue } = dates
      ? await startOrAttachToSame(cli, project, client, workflowTypes.outputs, {
          ...start,
          workflowId: workflowIds.outputs(name),
          args: [{ pipeline: name, dates, outputs: names, again: true, force } satisfies OutputsInput],
        })
      : await startOrAttachToSame(cli, project, client, workflowTypes.exports, {
          ...start,
          workflowId: workflowIds.exports(name),
          args: [{ pipeline: name, exports: names, force } satisfies ExportsInput],
        });
    if (attached) cli.out.note(`${handle.workflowId} runs already. Watching that run`);
    await follow(cli, project, client, handle, { json, again: `strata exports run ${name}`, taskQueue });
  });
}

/** Those named, or all of the kind that the options are for: exports by date need dates, the others take none. */
function wantedExports(
  { definition, exports, datedOutputs }: CompiledPipeline,
  wanted: readonly string[],
  withDates: boolean,
): readonly string[] {
  const plain = exports.map((each) => each.name);
  const dated = datedOutputs.flatMap((each) => (each.kind === 'dated-export' ? [each.output] : []));
  const all = [...plain, ...dated];
  const { name } = definition;
  if (all.length === 0)
    throw new UsageError(`${name} has no exports. To make one, put a .sql file into the folder ${definition.sqlFolder}/exports`);
  const unknown = wanted.filter((each) => !all.includes(each));
  if (unknown.length > 0) throw new UsageError(`${name} has no export ${unknown.join(', ')}. Its exports are: ${all.join(', ')}`);
  const [fitting, others] = withDates ? [dated, plain] : [plain, dated];
  const wrong = wanted.length > 0 ? wanted.filter((each) => others.includes(each)) : fitting.length === 0 ? others : [];
  if (wrong.length === 0) return wanted.length > 0 ? wanted : fitting;
  const are = wrong.length > 1 ? 'are' : 'is';
  throw new UsageError(
    withDates
      ? `${wrong.join(', ')} ${are} not by date: leave --date, --from and --to out`
      : `${wrong.join(', ')} ${are} by date: add --date, as in --date 2026-01-31`,
  );
}
