import { createInterface } from 'node:readline';
import { DuckDBInstance } from '@duckdb/node-api';
import { csvDialect, parquetForm, quoted, text } from './duckdb-sql.js';

/** What the writer reads from its standard input, a line of JSON for each file. */
export interface ParquetOrder {
  /** A CSV file without header: NULL is an empty field without quotes. */
  readonly source: string;
  readonly target: string;
  /** For spilled data. */
  readonly temporary: string;
  readonly columns: readonly { readonly name: string; readonly read: string; readonly write: string }[];
}

/** Statements over files, such as `select ... from read_parquet(...)` and `copy ... to ...`. */
export interface FilesOrder {
  readonly statements: readonly string[];
  /** For spilled data. */
  readonly temporary: string;
}

/** What it writes to its standard output for each. */
export interface ParquetAnswer {
  /** Without values; absent when all is done. */
  readonly failure?: string;
  /** Of a `FilesOrder`: the rows of its last statement, as texts. */
  readonly rows?: readonly (readonly (string | null)[])[];
}

/** Enough for a row group twice; more would be taken where it is there. */
const memoryLimit = '256MB';

/** Writes the files that standard input asks for, one after the other, until that ends: whoever asked is gone then, also in the midst of a file. */
export async function takeParquetOrders(): Promise<void> {
  process.stdin.once('end', () => process.kill(process.pid, 'SIGKILL'));
  for await (const line of createInterface({ input: process.stdin })) {
    const answer = await obey(JSON.parse(line) as ParquetOrder | FilesOrder).then(
      (rows): ParquetAnswer => ({ rows }),
      (error: unknown): ParquetAnswer => ({ failure: failureWithoutValues(error) }),
    );
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}

async function obey(order: ParquetOrder | FilesOrder): Promise<NonNullable<ParquetAnswer['rows']>> {
  const instance = await DuckDBInstance.create(':memory:', {
    // One thread keeps the order of rows, and so the bytes.
    threads: '1',
    memory_limit: memoryLimit,
    temp_directory: order.temporary,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  try {
    await connection.run(`set TimeZone = 'UTC'`);
    let rows: (string | null)[][] = [];
    for (const statement of 'statements' in order ? order.statements : [writeParquetFile(order)]) {
      const result = await connection.runAndReadAll(statement);
      rows = result.getRows().map((row) => row.map((value) => (value === null ? null : String(value))));
    }
    return 'statements' in order ? rows : [];
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Writes one Parquet file; the same rows give the same bytes. Runs in a process of its own: what happens to it happens to nobody else. */
function writeParquetFile({ source, target, columns }: ParquetOrder): string {
  const read = columns.map(({ name, read: type }) => `${text(name)}: ${text(type)}`).join(', ');
  return `copy (
       select ${columns.map(({ name, write }) => `${write} as ${quoted(name)}`).join(', ')}
       from read_csv(${text(source)}, columns = {${read}}, ${csvDialect})
     ) to ${text(target)} (${parquetForm(columns.map(({ name }) => name))})`;
}

/** What may be said of a failure: DuckDB quotes the values that it could not use. */
function failureWithoutValues(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const kind = /^[A-Z][A-Za-z ]*Error/.exec(message)?.[0] ?? 'an error';
  if (/no space left|disk quota/i.test(message)) return `${kind}: no space left in its folder`;
  const column = /column "([^"]+)"/.exec(message)?.[1];
  return column === undefined ? kind : `${kind} in the column ${column}`;
}
