import { createInterface } from 'node:readline';
import { DuckDBInstance } from '@duckdb/node-api';

/** What the writer reads from its standard input, a line of JSON for each file. */
export interface ParquetOrder {
  /** A CSV file without header: NULL is an empty field without quotes. */
  readonly source: string;
  readonly target: string;
  /** For spilled data. */
  readonly temporary: string;
  readonly columns: readonly { readonly name: string; readonly read: string; readonly write: string }[];
}

/** What it writes to its standard output for each. */
export interface ParquetAnswer {
  /** Without values; absent when the file is written. */
  readonly failure?: string;
}

/** Enough for a row group twice; more would be taken where it is there. */
const memoryLimit = '256MB';
/** Rows of a row group: a reader that looks for few of them skips the others. */
const rowGroup = 122_880;

/** Writes the files that standard input asks for, one after the other, until that ends: whoever asked is gone then, also in the midst of a file. */
export async function takeParquetOrders(): Promise<void> {
  process.stdin.once('end', () => process.kill(process.pid, 'SIGKILL'));
  for await (const line of createInterface({ input: process.stdin })) {
    const answer = await writeParquetFile(JSON.parse(line) as ParquetOrder).then(
      (): ParquetAnswer => ({}),
      (error: unknown): ParquetAnswer => ({ failure: failureWithoutValues(error) }),
    );
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}

/** Writes one Parquet file; the same rows give the same bytes. Runs in a process of its own: what happens to it happens to nobody else. */
async function writeParquetFile({ source, target, temporary, columns }: ParquetOrder): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', {
    // One thread keeps the order of rows, and so the bytes.
    threads: '1',
    memory_limit: memoryLimit,
    temp_directory: temporary,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  try {
    await connection.run(`set TimeZone = 'UTC'`);
    const read = columns.map(({ name, read }) => `${text(name)}: ${text(read)}`).join(', ');
    const ids = columns.map(({ name }, index) => `${quoted(name)}: ${index + 1}`).join(', ');
    await connection.run(
      `copy (
         select ${columns.map(({ name, write }) => `${write} as ${quoted(name)}`).join(', ')}
         from read_csv(${text(source)}, columns = {${read}}, header = false, auto_detect = false, delim = ',', quote = '"', escape = '"',
           new_line = '\\n', nullstr = '', allow_quoted_nulls = false)
       ) to ${text(target)} (format parquet, compression snappy, row_group_size ${rowGroup}, field_ids {${ids}})`,
    );
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** What may be said of a failure: DuckDB quotes the values that it could not use. */
function failureWithoutValues(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const kind = /^[A-Z][A-Za-z ]*Error/.exec(message)?.[0] ?? 'an error';
  if (/no space left|disk quota/i.test(message)) return `${kind}: no space left in its folder`;
  const column = /column "([^"]+)"/.exec(message)?.[1];
  return column === undefined ? kind : `${kind} in the column ${column}`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
