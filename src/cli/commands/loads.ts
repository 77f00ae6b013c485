import type { Command } from 'commander';
import type { SqlRow, SqlValue } from '../../engine/warehouse.js';
import { byteSize, grouped } from '../../contracts/format-numbers.js';
import { knownFeed, pipelinesOf, type Cli } from '../cli.js';
import { atLeastOne, withJson } from '../grammar.js';
import { jsonRow } from '../terminal/json-row.js';
import { ago, utc } from '../../contracts/format-times.js';
import { UsageError } from '../usage-error.js';

interface Options {
  readonly json?: boolean;
  readonly feed?: string;
  readonly state?: string;
  readonly object?: string;
  readonly limit: number;
}

const states = ['claimed', 'staged', 'processed', 'refused', 'replaced', 'gone'];

/** `strata loads`: the versions of objects that were loaded, newest first. */
export function loadsCommand(command: Command, cli: Cli): void {
  withJson(command, [
    'strata loads',
    'strata loads eastrock --feed users --state refused',
    'strata loads --object users_17.csv',
    'strata loads --limit 1000 --json',
  ])
    .argument('[pipeline]', 'all pipelines when left out')
    .option('--feed <feed>', 'of this feed')
    .option('--state <state>', states.join(', '))
    .option('--object <text>', "whose object's key holds this text")
    .option('--limit <n>', 'show this many at most', atLeastOne, 20)
    .action(async (name: string | undefined, options: Options) => {
      if (options.state !== undefined && !states.includes(options.state)) throw new UsageError(`--state is one of ${states.join(', ')}`);
      const project = await cli.project({ warehouse: true });
      const pipelines = pipelinesOf(project, name);
      if (options.feed !== undefined) knownFeed(pipelines, options.feed);
      const values: SqlValue[] = pipelines.map(({ definition }) => definition.name);
      const marks = values.map(() => '?').join(', ');
      if (options.feed !== undefined) values.push(options.feed);
      if (options.state !== undefined) values.push(options.state);
      if (options.object !== undefined) values.push(options.object);
      const rows = await cli.withWarehouse(project, (warehouse) =>
        warehouse.query<LoadRow>(
          `select load_id, pipeline, feed, kind, store_url, object_key, state, source_state, rows_staged, rows_quarantined, bytes_read,
             size_bytes, batch_number, claimed_at, staged_at, processed_at, released_at
           from gear.loads
           where pipeline in (${marks})${options.feed === undefined ? '' : ' and feed = ?'}${options.state === undefined ? '' : ' and state = ?'}
             ${options.object === undefined ? '' : 'and locate(?, object_key) > 0'}
           order by load_id desc
           limit ${options.limit}`,
          values,
        ),
      );
      if (options.json) return cli.out.json(rows.map(jsonRow));
      if (rows.length === 0) return cli.out.line('no loads');
      cli.out.table(
        ['load', 'feed', 'object', 'state', 'source', 'rows', 'quarantined', 'size', 'claimed'],
        rows.map((row) => [
          row.load_id,
          row.feed,
          row.object_key,
          row.state,
          row.source_state,
          grouped(Number(row.rows_staged)),
          grouped(Number(row.rows_quarantined)),
          byteSize(Number(row.size_bytes)),
          ago(utc(row.claimed_at)),
        ]),
      );
    });
}

interface LoadRow extends SqlRow {
  load_id: number;
  feed: string;
  object_key: string;
  state: string;
  source_state: string;
  rows_staged: number;
  rows_quarantined: number;
  size_bytes: number;
  claimed_at: string;
}
