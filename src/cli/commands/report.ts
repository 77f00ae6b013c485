import type { Command } from 'commander';
import { columnList } from '../../engine/sql/identifier.js';
import { csvRow } from '../../engine/exports/csv-row.js';
import { qualifiedName } from '../../engine/sql/create-table.js';
import type { Warehouse } from '../../engine/warehouse.js';
import { newestOutputs } from '../../gear/outputs/dated-outputs.js';
import type { Project } from '../../config/load-project.js';
import type { Cli } from '../cli.js';
import { atLeastOne, withExamples } from '../grammar.js';
import { dateOption } from '../period.js';
import { UsageError } from '../usage-error.js';

interface Options {
  readonly date?: string;
  readonly csv?: boolean;
  readonly limit?: number;
}

interface Reported {
  readonly pipeline: string;
  /** Schema and table without the prefix. */
  readonly target: string;
  readonly order: readonly string[];
  /** The column of the date of a mart by date. */
  readonly by?: string;
}

/** Rows of a table on a terminal: a person reads no more, and all of them are held for it. */
const shownRows = 100;

/** `strata report`: a mart or view of bus for those who have no other program to look at it. */
export function reportCommand(command: Command, cli: Cli): void {
  withExamples(command, [
    'strata report daily_users',
    'strata report sales_by_date --date 2026-01-31',
    'strata report sales_by_date --csv > sales.csv',
  ])
    .argument('<name>', 'a mart or view of bus, such as daily_users')
    .option('--date <date>', 'mart by date: print the rows of this date, as in 2026-01-31 (default: the newest date)', dateOption)
    .option('--csv', 'print CSV with a header line')
    .option('--limit <n>', `maximum number of rows (default: ${shownRows}, or with --csv all)`, atLeastOne)
    .action(async (name: string, { date, csv = false, limit }: Options) => {
      const project = await cli.project({ warehouse: true });
      const reported = reportedOf(project, name);
      if (date !== undefined && reported.by === undefined) throw new UsageError(`${reported.target} is not by date: leave --date out`);
      await cli.withWarehouse(project, async (warehouse) => {
        const columns = await columnsOf(warehouse, project.settings.schemaPrefix, reported);
        const of = await dateOf(warehouse, reported, date);
        const { sql, values } = selectOf(reported, of, csv ? limit : (limit ?? shownRows) + 1);
        if (csv) return printCsv(cli, warehouse, columns, sql, values);
        const rows: (readonly (string | null)[])[] = [];
        for await (const row of warehouse.stream(sql, values)) rows.push(row);
        if (of !== undefined) cli.out.note(`${reported.target} of ${of}`);
        cli.out.table(columns, rows.slice(0, limit ?? shownRows));
        if (rows.length > (limit ?? shownRows)) cli.out.note('there are more rows. To see them, add --limit, or print all rows with --csv');
      });
    });
}

function reportedOf({ pipelines }: Project, name: string): Reported {
  const wanted = name.startsWith('bus.') ? name : `bus.${name}`;
  const all = [...pipelines.values()].flatMap(({ definition, catalog }): Reported[] => {
    const pipeline = definition.name;
    return [
      ...catalog.marts.map(({ target, key }) => ({ pipeline, target, order: key })),
      ...catalog.datedMarts.map(({ target, key, by }) => ({ pipeline, target, order: key, by })),
      ...catalog.views.map(({ target }) => ({ pipeline, target, order: [] })),
    ].filter(({ target }) => target.startsWith('bus.'));
  });
  const found = all.find(({ target }) => target === wanted);
  if (found) return found;
  const names = all.map(({ target }) => target.slice('bus.'.length)).sort();
  throw new UsageError(`bus has no mart or view ${name}. It has ${names.length === 0 ? 'none' : names.join(', ')}`);
}

async function columnsOf(warehouse: Warehouse, prefix: string, { target }: Reported): Promise<string[]> {
  const rows = await warehouse.query<{ name: string }>(
    'select column_name as name from information_schema.columns where table_schema = ? and table_name = ? order by ordinal_position',
    [`${prefix}bus`, target.slice('bus.'.length)],
  );
  if (rows.length === 0) throw new UsageError(`${target} is not in the warehouse yet. Run: strata migrate`);
  return rows.map(({ name }) => name);
}

/** The date whose rows are shown; undefined where the rows have none. */
async function dateOf(warehouse: Warehouse, { pipeline, target, by }: Reported, date: string | undefined): Promise<string | undefined> {
  if (by === undefined) return undefined;
  const [written] = await newestOutputs(warehouse, pipeline, target, { date, limit: 1 });
  if (written) return written.date;
  const what = date === undefined ? `${target} has not been written for any date` : `${target} has not been written for ${date}`;
  throw new UsageError(`${what}. Run: strata run ${pipeline} --date ${date ?? '<date>'}`);
}

function selectOf({ target, order, by }: Reported, date: string | undefined, limit: number | undefined) {
  const where =
    by !== undefined && date !== undefined ? { sql: ` where ${columnList([by])} = ?`, values: [date] } : { sql: '', values: [] };
  const ordered = order.length > 0 ? ` order by ${columnList(order)}` : '';
  const limited = limit === undefined ? { sql: '', values: [] } : { sql: ' limit ?', values: [limit] };
  return {
    sql: `select * from ${qualifiedName(target)}${where.sql}${ordered}${limited.sql}`,
    values: [...where.values, ...limited.values],
  };
}

async function printCsv(
  cli: Cli,
  warehouse: Warehouse,
  columns: readonly string[],
  sql: string,
  values: readonly (string | number)[],
): Promise<void> {
  // On a terminal, controls in the values must not reach it.
  const print = async (row: readonly (string | null)[]) => {
    if (!cli.out.reachesTerminal) return cli.out.bytes(Buffer.from(csvRow(row)));
    cli.out.line(csvRow(row).slice(0, -1));
    return true;
  };
  if (!(await print(columns))) return;
  for await (const row of warehouse.stream(sql, values)) if (!(await print(row))) return;
}
