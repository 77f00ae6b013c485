import type { Readable } from 'node:stream';

/** A value bound to a `?`; bigints and decimals travel as strings. */
export type SqlValue = string | number | bigint | boolean | Buffer | null;
/** Integers beyond 2^53, decimals and dates come as strings; datetime as `yyyy-mm-dd hh:mm:ss.ffffff` in UTC. */
export type SqlRow = Record<string, string | number | Buffer | null>;

export interface ExecuteResult {
  /** Rows inserted, deleted or really changed (not merely found). */
  readonly affectedRows: number;
  readonly warnings: number;
}

/** Statements on one connection; plain schema names (`bulk.games`) get the configured prefix. */
export interface Statements {
  query<Row extends SqlRow = SqlRow>(sql: string, values?: readonly SqlValue[]): Promise<Row[]>;
  execute(sql: string, values?: readonly SqlValue[]): Promise<ExecuteResult>;
}

export interface Transaction extends Statements {
  /**
   * Streams bytes into a `load data local infile 'strata' into table ...` statement. The only bytes sent are the stream's, whatever
   * file name the server asks for. A stream that fails makes the statement fail; the caller's transaction rolls back.
   */
  loadData(sql: string, stream: Readable, values?: readonly SqlValue[]): Promise<ExecuteResult>;
}

export interface WorkOptions {
  /** Aborting kills the statement that runs, rolls back and rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The warehouse: any MySQL-compatible server. Implementation: connectors/mysql.
 * Every session has UTC, a strict sql_mode and READ COMMITTED. Failures are StrataErrors whose type says if a retry can help.
 */
export interface Warehouse extends Statements {
  /**
   * Runs `work` on one connection between begin and commit; rolls back when it throws. The whole of `work` runs again after
   * 1020, 1205 and 1213, so it must have no effect but through its transaction.
   */
  transaction<Result>(
    work: (transaction: Transaction) => Promise<Result>,
    options?: WorkOptions & {
      /** How often the work may be tried. 1 for work that can't run again, for example because it consumes a stream. */
      readonly attempts?: number;
    },
  ): Promise<Result>;
  /** Runs `work` on one connection in autocommit; for DDL, named locks and batches that commit one by one. */
  session<Result>(work: (statements: Statements) => Promise<Result>, options?: WorkOptions): Promise<Result>;
  /**
   * The rows of a SELECT as they come, each an array of its values as the server writes them in text: exact, however many digits. Memory
   * stays the same for any number of rows.
   */
  stream(sql: string, values?: readonly SqlValue[], options?: WorkOptions): AsyncIterable<readonly (string | null)[]>;
  close(): Promise<void>;
}
