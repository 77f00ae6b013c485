import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { TableColumn } from '../../engine/bulk/tables.js';
import { csvRows } from './bucket-sql.js';
import { parquetForm, quoted, rowGroup, text } from './duckdb-sql.js';
import { queryFiles } from './write-parquet.js';

export interface SplitWork {
  /** A CSV file without header, by `csvRow`, with a row at least. It is removed as soon as its rows are in Parquet. */
  readonly source: string;
  /** For the parts, and for what does not fit into memory. */
  readonly folder: string;
  /** The most bytes of a part. */
  readonly limit: number;
}

/** How files are cut: a new one begins behind the row group with which one passes `threshold` bytes. */
interface Cut {
  readonly rows: number;
  readonly threshold: number;
}

interface Part {
  readonly file: string;
  readonly bytes: number;
}

/** The parts of a vector of DuckDB: a row group has as many rows at least. */
const leastRows = 2_048;
const what = 'the Parquet files could not be written';

/**
 * Writes rows as Parquet files of at most `limit` bytes, cut between row groups. All rows stay in one file where it is small enough. A row
 * group too large for a part is written as smaller ones, of 2,048 rows at least: only a part with one of those may pass the limit. Returns
 * the files in the order of their rows.
 */
export async function splitParquet(work: SplitWork, columns: readonly TableColumn[], signal: AbortSignal): Promise<readonly string[]> {
  const { source, limit } = work;
  // What a part has too much behind the threshold is one row group. A sixteenth is more than that but for the widest rows.
  let cut: Cut = { rows: rowGroup, threshold: limit - Math.ceil(limit / 16) };
  let parts = await write(work, columns, csvRows(source, columns), cut, signal);
  await rm(source);
  if (parts.length > 1 && sum(parts) <= limit) parts = await rewrite(work, columns, parts, { ...cut, threshold: limit }, signal);
  while (parts.some(({ bytes }) => bytes > limit) && cut.rows > leastRows) {
    cut = await finerCut(work, parts, cut, signal);
    parts = await rewrite(work, columns, parts, cut, signal);
  }
  return parts.map(({ file }) => file);
}

const sum = (parts: readonly Part[]) => parts.reduce((bytes, part) => bytes + part.bytes, 0);
const listOf = (parts: readonly Part[]) => `[${parts.map(({ file }) => text(file)).join(', ')}]`;

/** Row groups of a quarter of a part at most, and room for two of them behind the threshold. */
async function finerCut({ folder, limit }: SplitWork, parts: readonly Part[], { rows: former }: Cut, signal: AbortSignal): Promise<Cut> {
  const groups = `select any_value(row_group_num_rows) as n, sum(total_compressed_size) as bytes
    from parquet_metadata(${listOf(parts)}) group by file_name, row_group_id`;
  const [[bytes] = []] = await queryFiles(
    { temporary: folder, statements: [`select max(bytes / n) from (${groups}) where n > 0`] },
    what,
    signal,
  );
  const bytesOfRow = Math.max(1, Number(bytes));
  const fitting = Math.floor(limit / 4 / bytesOfRow / leastRows) * leastRows;
  const rows = Math.max(leastRows, Math.min(fitting, former - leastRows));
  return { rows, threshold: Math.max(1, Math.floor(limit - 2 * rows * bytesOfRow)) };
}

async function rewrite(
  work: SplitWork,
  columns: readonly TableColumn[],
  from: readonly Part[],
  cut: Cut,
  signal: AbortSignal,
): Promise<Part[]> {
  const names = columns.map(({ name }) => quoted(name)).join(', ');
  const parts = await write(work, columns, `select ${names} from read_parquet(${listOf(from)}, hive_partitioning = false)`, cut, signal);
  for (const { file } of from) await rm(file);
  return parts;
}

async function write({ folder }: SplitWork, columns: readonly TableColumn[], rows: string, cut: Cut, signal: AbortSignal): Promise<Part[]> {
  const target = join(folder, `parts-${cut.rows}-${cut.threshold}`);
  await mkdir(target);
  const form = `${parquetForm(
    columns.map(({ name }) => name),
    cut.rows,
  )}, file_size_bytes ${cut.threshold}, filename_pattern 'part_{i}'`;
  await queryFiles({ temporary: folder, statements: [`copy (${rows}) to ${text(target)} (${form})`] }, what, signal);
  const numberOf = (name: string) => Number(/^part_(\d+)\.parquet$/.exec(name)?.[1]);
  const names = (await readdir(target)).sort((a, b) => numberOf(a) - numberOf(b));
  const parts: Part[] = [];
  for (const name of names) parts.push({ file: join(target, name), bytes: (await stat(join(target, name))).size });
  return withoutEmptyEnd(folder, parts, signal);
}

/** Where the last row group ends a file, DuckDB begins another one, without rows. */
async function withoutEmptyEnd(folder: string, parts: Part[], signal: AbortSignal): Promise<Part[]> {
  const last = parts.at(-1);
  if (last === undefined || parts.length === 1) return parts;
  const count = `select sum(num_rows) from parquet_file_metadata(${text(last.file)})`;
  const [[rows] = []] = await queryFiles({ temporary: folder, statements: [count] }, what, signal);
  if (Number(rows) > 0) return parts;
  await rm(last.file);
  return parts.slice(0, -1);
}
