import type { SqlRow, Statements } from '../../engine/warehouse.js';

export interface ExtractName {
  readonly pipeline: string;
  readonly extract: string;
}

export interface LeftOutTable {
  readonly table: string;
  /** Why, and what to do. */
  readonly why: string;
  readonly run: number;
  /** ISO 8601, UTC: when the run was noted. */
  readonly at: string;
}

interface LastRow extends SqlRow {
  table_name: string;
  left_out: string | null;
  run: number;
  committed_at: string;
}

/** The tables that the last run which was to read them left out. */
export async function leftOutTables(statements: Statements, { pipeline, extract }: ExtractName): Promise<LeftOutTable[]> {
  const rows = await statements.query<LastRow>(
    `select t.table_name, t.left_out, r.run, r.committed_at
     from gear.extracts e
     join gear.extract_runs r on r.extract_id = e.extract_id and r.state = 'committed' and r.kind <> 'corrected'
     join gear.extract_tables t on t.run_id = r.run_id
     join (select r.extract_id, t.table_name, max(r.run) as run
       from gear.extract_runs r join gear.extract_tables t on t.run_id = r.run_id
       where r.state = 'committed' and r.kind <> 'corrected' group by r.extract_id, t.table_name) last_runs
       on last_runs.extract_id = r.extract_id and last_runs.table_name = t.table_name and last_runs.run = r.run
     where e.pipeline = ? and e.extract = ? and t.left_out is not null
     order by t.table_name`,
    [pipeline, extract],
  );
  return rows.map(({ table_name: table, left_out: why, run, committed_at: at }) => ({
    ...{ table, run: Number(run), why: why ?? '' },
    at: `${at.slice(0, 19).replace(' ', 'T')}Z`,
  }));
}

export interface NewColumn {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  /** The first run that saw it. */
  readonly run: number;
  /** ISO 8601, UTC: when that run was noted; undefined where gear has forgotten it. */
  readonly at: string | undefined;
}

interface ColumnRow extends SqlRow {
  table_name: string;
  column_name: string;
  column_type: string;
  since_run: number;
  committed_at: string | null;
}

/** Columns that are there now and were not when the table was read first. One that only got another type is not new. */
export async function newColumns(statements: Statements, { pipeline, extract }: ExtractName): Promise<NewColumn[]> {
  const rows = await statements.query<ColumnRow>(
    `select c.table_name, c.column_name, c.column_type, f.since_run,
       (select min(r.committed_at) from gear.extract_runs r
        where r.extract_id = c.extract_id and r.run = f.since_run and r.state = 'committed') as committed_at
     from gear.extracts e
     join gear.source_columns c on c.extract_id = e.extract_id and c.until_run is null
     join (select extract_id, table_name, min(since_run) as since_run from gear.source_columns group by extract_id, table_name) t
       on t.extract_id = c.extract_id and t.table_name = c.table_name
     join (select extract_id, table_name, column_name, min(since_run) as since_run from gear.source_columns
       group by extract_id, table_name, column_name) f
       on f.extract_id = c.extract_id and f.table_name = c.table_name and f.column_name = c.column_name
     where e.pipeline = ? and e.extract = ? and f.since_run > t.since_run
     order by c.table_name, c.position`,
    [pipeline, extract],
  );
  return rows.map(({ table_name: table, column_name: column, column_type: type, since_run: run, committed_at: at }) => ({
    ...{ table, column, type, run: Number(run) },
    at: at === null ? undefined : `${at.slice(0, 19).replace(' ', 'T')}Z`,
  }));
}
