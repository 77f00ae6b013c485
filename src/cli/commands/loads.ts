import type { Command } from 'commander';
import { byteSize, grouped } from '../../contracts/format-numbers.js';
import { knownFeed, pipelinesOf, type Cli } from '../cli.js';
import { atLeastOne, withJson } from '../grammar.js';
import { loadStates, type LoadState } from '../../gear/loads/load-row.js';
import { listLoads } from '../../status/load-list.js';
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
    'strata loads --limit 1000 --json',
  ])
    .argument('[pipeline]', 'the pipeline (default: all)')
    .option('--feed <feed>', 'only this feed')
    .option('--state <state>', `only loads in this state: ${loadStates.join(', ')}`, parseState)
    .option('--object <text>', 'only files whose key contains this text')
    .option('--limit <n>', 'maximum number to show', atLeastOne, 20)
    .action(async (name: string | undefined, options: Options) => {
      const project = await cli.project({ warehouse: true });
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

function parseState(text: string): LoadState {
  const state = loadStates.find((each) => each === text);
  if (!state) throw new UsageError(`there is no state ${text}. The states are: ${loadStates.join(', ')}`);
  return state;
}
