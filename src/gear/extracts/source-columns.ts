import type { LakeManifest } from '../../contracts/lake/manifest.js';
import type { Statements, Transaction } from '../../engine/warehouse.js';

/**
 * Updates the catalogue with the columns that a run found, also those of tables that it left out: columns that are gone or have another type
 * end with this run, new columns begin.
 */
export async function noteColumns(transaction: Transaction, id: number, { run, tables }: LakeManifest): Promise<void> {
  for (const { name, columns } of tables) {
    const before = await transaction.query<{ column_name: string; column_type: string; nullable: number; position: number }>(
      'select column_name, column_type, nullable, position from gear.source_columns where extract_id = ? and table_name = ? and until_run is null',
      [id, name],
    );
    const now = columns.map((column, index) => ({ ...column, position: index + 1 }));
    const isSame = (row: (typeof before)[number]) =>
      now.some((column) => column.name === row.column_name && column.type === row.column_type && column.nullable === (row.nullable === 1));
    for (const row of before.filter((each) => !isSame(each)))
      await transaction.execute(
        'update gear.source_columns set until_run = ? where extract_id = ? and table_name = ? and column_name = ? and until_run is null',
        [run, id, name, row.column_name],
      );
    const kept = new Map(before.filter(isSame).map((row) => [row.column_name, row]));
    for (const { name: column, type, nullable, position } of now) {
      const row = kept.get(column);
      if (row && row.position === position) continue;
      if (row)
        await transaction.execute(
          'update gear.source_columns set position = ? where extract_id = ? and table_name = ? and column_name = ? and until_run is null',
          [position, id, name, column],
        );
      else
        await transaction.execute(
          `insert into gear.source_columns (extract_id, table_name, column_name, since_run, position, column_type, nullable)
           values (?, ?, ?, ?, ?, ?, ?)`,
          [id, name, column, run, position, type, nullable],
        );
    }
  }
}

/** A column of the catalogue. */
export interface CatalogueColumn {
  readonly extract: string;
  readonly table: string;
  readonly column: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly sinceRun: number;
  /** The first run without it; null while it is there. */
  readonly untilRun: number | null;
}

/** Every column that the extracts of a pipeline found, also columns that are gone. */
export async function catalogueOf(statements: Statements, pipeline: string): Promise<CatalogueColumn[]> {
  const rows = await statements.query<{
    extract: string;
    table_name: string;
    column_name: string;
    column_type: string;
    nullable: number;
    since_run: number;
    until_run: number | null;
  }>(
    `select e.extract, c.table_name, c.column_name, c.column_type, c.nullable, c.since_run, c.until_run
     from gear.extracts e join gear.source_columns c on c.extract_id = e.extract_id
     where e.pipeline = ? order by e.extract, c.table_name, c.position, c.since_run`,
    [pipeline],
  );
  return rows.map((row) => ({
    extract: row.extract,
    table: row.table_name,
    column: row.column_name,
    type: row.column_type,
    nullable: row.nullable === 1,
    sinceRun: Number(row.since_run),
    untilRun: row.until_run === null ? null : Number(row.until_run),
  }));
}
