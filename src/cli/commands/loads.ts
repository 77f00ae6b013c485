import type { Command } from 'commander';
import { byteSize, grouped } from '../../contracts/format-numbers.js';
import { knownFeed, pipelinesOf, type Cli } from '../cli.js';
import { atLeastOne, wholeNumber, withJson } from '../grammar.js';
import { loadStates, type LoadState } from '../../gear/loads/load-row.js';
import { listLoads } from '../../status/loads/load-list.js';
import { bulkName } from '../../engine/names.js';
import { readLoadDetails } from '../../status/loads/one-load.js';
import type { Project } from '../../config/load-project.js';
import { visibleLine } from '../../contracts/escape-controls.js';
import { ago } from '../../contracts/format-times.js';
import { UsageError } from '../usage-error.js';

interface Options {
  readonly json?: boolean;
  readonly feed?: string;
  readonly state?: LoadState;
  readonly object?: string;
  readonly limit: number;
}

/** `strata loads`: the versions of objects that were loaded, newest first. */
export function loadsCommand(command: Command, cli: Cli): void {
  withJson(command, [
    'strata loads',
    'strata loads eastrock --feed users --state refused',
    'strata loads --object users_17.csv',
    'strata loads 12',
    'strata loads --limit 1000 --json',
  ])
    .argument('[pipeline]', 'the pipeline (default: all), or the number of a load to show')
    .option('--feed <feed>', 'only this feed')
    .option('--state <state>', `only loads in this state: ${loadStates.join(', ')}`, parseState)
    .option('--object <text>', 'only files whose key contains this text')
    .option('--limit <n>', 'maximum number to show', atLeastOne, 20)
    .action(async (name: string | undefined, options: Options) => {
      const project = await cli.project({ warehouse: true });
      if (name !== undefined && /^\d+$/.test(name)) return showLoad(cli, project, wholeNumber(name), options);
      const pipelines = pipelinesOf(project, name);
      if (options.feed !== undefined) knownFeed(pipelines, options.feed);
      const rows = await cli.withWarehouse(project, (warehouse) =>
        listLoads(warehouse, { ...options, pipelines: pipelines.map(({ definition }) => definition.name) }),
      );
      if (options.json) return cli.out.json(rows);
      if (rows.length === 0) return cli.out.line('no load matches');
      cli.out.table(
        ['load', 'feed', 'object', 'state', 'source', 'rows', 'quarantined', 'size', 'claimed'],
        rows.map((row) => [
          row.loadId,
          row.feed,
          row.objectKey,
          row.state,
          row.sourceState,
          grouped(Number(row.rowsStaged)),
          grouped(Number(row.rowsQuarantined)),
          byteSize(Number(row.sizeBytes)),
          ago(new Date(row.claimedAt)),
        ]),
      );
    });
}

/** `strata loads <number>`: all that is known of one load. */
async function showLoad(cli: Cli, project: Project, loadId: number, { json, feed, state, object }: Options): Promise<void> {
  if ([feed, state, object].some((filter) => filter !== undefined))
    throw new UsageError('a load is shown by its number alone. Leave out --feed, --state and --object');
  const load = await cli.withWarehouse(project, (warehouse) => readLoadDetails(warehouse, loadId));
  if (!load) throw new UsageError(`there is no load ${loadId}. Run: strata loads`);
  if (json) return cli.out.json(load);
  const owner = project.pipelines.get(load.pipeline)?.definition ?? {};
  const since = (time: string | null) => (time === null ? '-' : `${time} (${ago(new Date(time))})`);
  const facts: readonly (readonly [name: string, value: string])[] = [
    ['load', `${load.loadId} (${load.kind})`],
    ['feed', `${load.pipeline}/${load.feed}`],
    ['object', load.objectKey],
    ['store', load.storeUrl],
    ['version', `${byteSize(Number(load.sizeBytes))}, ETag ${load.etag}, last modified ${load.lastModified}`],
    ['state', load.problem === null ? load.state : `${load.state}: ${load.problem}`],
    ['source', load.sourceState],
    ['rows', `${grouped(Number(load.rowsStaged))} staged, ${grouped(Number(load.rowsQuarantined))} in quarantine`],
    ['columns', load.columns?.join(', ') ?? '-'],
    ...load.enrichments.map(({ columnName, enrichment, version }) => [columnName, `made by ${enrichment}, ${version}`] as const),
    ...load.entities.map(
      ({ entity, leftOut, absent, ...counts }) =>
        [bulkName(owner, entity), countsText({ ...counts, 'left out': leftOut, 'keys deleted that the file lacks': absent })] as const,
    ),
    ['batch', String(load.batchNumber ?? '-')],
    ['claimed', since(load.claimedAt)],
    ['staged', since(load.stagedAt)],
    ['processed', since(load.processedAt)],
    ['released', since(load.releasedAt)],
  ];
  for (const [fact, value] of facts) cli.out.line(`${fact}: ${visibleLine(value)}`);
}

/** The counts that are not 0. */
function countsText(counts: Readonly<Record<string, number>>): string {
  const some = Object.entries(counts).filter(([, count]) => Number(count) > 0);
  return some.length === 0 ? 'no rows' : some.map(([name, count]) => `${grouped(Number(count))} ${name}`).join(', ');
}

function parseState(text: string): LoadState {
  const state = loadStates.find((each) => each === text);
  if (!state) throw new UsageError(`there is no state ${text}. The states are: ${loadStates.join(', ')}`);
  return state;
}
