import type { TableColumn } from '../bulk/tables.js';
import type { Export } from '../exports/export.js';
import type { CheckedStatement } from '../marts/checked-statements.js';
import { notCode } from '../marts/comments-and-strings.js';

/** An entity that an output by date reads: all partitions up to the date, or only the partition of the date. */
export interface DatedRead {
  readonly entity: string;
  readonly upTo: boolean;
}

interface Dated {
  /** The target of a mart, the name of an export: no two outputs of a pipeline share one. */
  readonly output: string;
  readonly reads: readonly DatedRead[];
  /** Targets of the marts by date whose rows of the same date it reads. */
  readonly after: readonly string[];
  /** SHA-256 of what decides its rows, and its file's bytes; another one means that it is stale. */
  readonly checksum: Buffer;
}

/** A mart that is computed date by date: its SELECT gives the rows of one date. */
export interface DatedMart extends Dated {
  readonly kind: 'dated-mart';
  /** The SQL file, as messages show it. */
  readonly path: string;
  /** Schema and table without the prefix. */
  readonly target: string;
  readonly name: string;
  readonly description: string;
  /** The column of the date, the first one of the table and of its key. */
  readonly by: string;
  /** Those that the SELECT gives, without `by`. */
  readonly columns: readonly TableColumn[];
  /** The key of the rows of one date, without `by`. */
  readonly key: readonly string[];
  readonly indexes: readonly (readonly string[])[];
  readonly rows: string;
  /** On which `rows` begins in the file. */
  readonly rowsLine: number;
}

/** A file for each date. */
export interface DatedExport extends Dated {
  readonly kind: 'dated-export';
  /** Its key and its SELECT still have `{date}` in them. */
  readonly file: Export;
}

export type DatedOutput = DatedMart | DatedExport;

const placeholder = '{date}';
const dated = new RegExp(`${notCode.source}|\\{date\\}`, 'g');
const datePattern = /^\d{4}-\d{2}-\d{2}$/;

/** The SQL of one date: `{date}` becomes a literal of the type DATE. */
export function sqlOfDate(sql: string, date: string): string {
  if (!datePattern.test(date)) throw new Error(`not a date: ${date}`);
  return sql.replace(dated, (text) => (text === placeholder ? `date'${date}'` : text));
}

/** What is wrong with how SQL uses `{date}`; undefined when nothing is. */
export function dateMistake(sql: string): string | undefined {
  const parts = [...sql.matchAll(dated)].map(([text]) => text);
  if (parts.some((text) => text.startsWith("'") && text.includes(placeholder)))
    return '`{date}` stands in a string: it is a date already, write it without quotes';
  return parts.includes(placeholder) ? undefined : '`rows` never uses `{date}`, so that every date would have the same rows';
}

/** The export of one date. */
export function exportOfDate({ file }: DatedExport, date: string): Export {
  return { ...file, to: keyOfDate(file.to, date), rows: sqlOfDate(file.rows, date) };
}

export function keyOfDate(key: string, date: string): string {
  return key.replaceAll(placeholder, date);
}

export function hasDate(text: string): boolean {
  return text.includes(placeholder);
}

/** Its SELECT for some date, which the server can check without running it. */
export function checkedOutput(output: DatedOutput): CheckedStatement {
  const { path, rows, rowsLine } = output.kind === 'dated-mart' ? output : output.file;
  return { path, written: rows, line: rowsLine, sql: sqlOfDate(rows, '2000-01-01') };
}
