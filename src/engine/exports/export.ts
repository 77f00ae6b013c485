import type { DatedRead } from '../dated/dated-output.js';
import type { CheckedStatement } from '../marts/checked-statements.js';
import type { TableColumn } from '../bulk/tables.js';

export const exportFormats = ['parquet', 'csv'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** A file, or parts of one, made from one SELECT: a file of a pipeline's `exports` folder says all of it. */
export interface Export {
  /** The SQL file, as messages show it. */
  readonly path: string;
  readonly name: string;
  readonly description: string;
  readonly format: ExportFormat;
  /** Key of the file below the pipeline's export address; with `{date}` in it for an export by date, and `{part}` for one in parts. */
  readonly to: string;
  /** The most bytes of a part; null where all rows go into one file. */
  readonly partBytes: number | null;
  /** Marts that it reads: it is written again when one of them has changed. */
  readonly after: readonly string[];
  /** Entities that it reads; none unless it is one by date. */
  readonly reads: readonly DatedRead[];
  readonly columns: readonly TableColumn[];
  /** SELECT of rows in the order of `columns`; its order is the file's. */
  readonly rows: string;
  /** On which `rows` begins in the file. */
  readonly rowsLine: number;
  /** SHA-256 of what decides the file's bytes; another one means that it must be written again. */
  readonly checksum: Buffer;
}

/** Its SELECT, which the server can check without running it. */
export function checkedExport({ path, rows, rowsLine }: Export): CheckedStatement {
  return { path, written: rows, line: rowsLine, sql: rows };
}
