import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection, createPool, type Pool, type PoolConnection, type RowDataPacket } from 'mysql2/promise';
import { qualify } from '../../engine/sql/qualify.js';
import { StrataError } from '../../engine/strata-error.js';
import type { ExecuteResult, SqlRow, SqlValue, Statements, Transaction, Warehouse, WorkOptions } from '../../engine/warehouse.js';
import { onAbort } from '../on-abort.js';
import { connectionOptions } from './connection-options.js';
import { warehouseFailure } from './failures.js';
import { Sessions } from './sessions.js';
import { StalledStatement, StatementWatch } from './statement-watch.js';
import { ConnectionStatements, summary } from './statements.js';
import { streamRows } from './stream-rows.js';

export interface WarehouseOptions {
  /** mysql://user:password@host:port */
  readonly url: string;
  /** Put before every schema's name; empty for none. */
  readonly prefix: string;
  /** Connections held at most. */
  readonly connections?: number;
  /** Milliseconds of standstill after which a statement is given up as `unavailable`. */
  readonly stallTime?: number;
}

/** Of a connection without work, in milliseconds: less than the server's, which ends the session of a process that is stopped or cut off. */
const idleTimeout = 30_000;
const transactionAttempts = 8;
const defaultStallTime = 300_000;
/** Milliseconds that a statement has to end after it was killed; then its connection is given up. */
const timeToStop = 10_000;
const rollbackTime = 5_000;

/** A pool of sessions on a MySQL-compatible server; connects at the first statement. */
export function openWarehouse(options: WarehouseOptions): Warehouse {
  return new MysqlWarehouse(options);
}

class MysqlWarehouse implements Warehouse {
  private readonly pool: Pool;
  private readonly settled = new WeakSet<object>();
  private readonly sessions = new Sessions();
  private readonly watch: StatementWatch;

  constructor(private readonly options: WarehouseOptions) {
    const limit = options.connections ?? 10;
    this.pool = createPool({
      ...connectionOptions(options.url),
      connectionLimit: limit,
      maxIdle: limit - 1,
      idleTimeout,
      gracefulEnd: true,
    });
    this.watch = new StatementWatch(options.stallTime ?? defaultStallTime, (sql) => this.apart(sql));
  }

  query<Row extends SqlRow = SqlRow>(sql: string, values?: readonly SqlValue[]): Promise<Row[]> {
    return this.session((statements) => statements.query<Row>(sql, values));
  }

  execute(sql: string, values?: readonly SqlValue[]): Promise<ExecuteResult> {
    return this.session((statements) => statements.execute(sql, values));
  }

  async *stream(sql: string, values: readonly SqlValue[] = [], options: WorkOptions = {}): AsyncGenerator<readonly (string | null)[]> {
    options.signal?.throwIfAborted();
    const connection = await this.connect();
    const forget = onAbort(options.signal, () => void this.stop(connection));
    let ended = false;
    try {
      await this.keepSettled(connection);
      yield* streamRows(connection, qualify(sql, this.options.prefix), values);
      ended = !options.signal?.aborted;
    } catch (error) {
      options.signal?.throwIfAborted();
      throw warehouseFailure(error, summary(sql), this.sessions.product);
    } finally {
      forget();
      if (ended) connection.release();
      else connection.destroy();
    }
  }

  session<Result>(work: (statements: Statements) => Promise<Result>, options: WorkOptions = {}): Promise<Result> {
    return this.withConnection(options.signal, async (connection) => {
      await this.keepSettled(connection);
      return work(this.statements(connection));
    });
  }

  async transaction<Result>(
    work: (transaction: Transaction) => Promise<Result>,
    options: WorkOptions & { readonly attempts?: number } = {},
  ): Promise<Result> {
    const attempts = options.attempts ?? transactionAttempts;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.withConnection(options.signal, (connection) => this.once(connection, work, options.signal));
      } catch (error) {
        const retry = error instanceof StrataError && error.type === 'contention' && attempt < attempts;
        if (!retry) throw error;
        await sleep(Math.random() * 50 * 2 ** attempt, undefined, { ...(options.signal ? { signal: options.signal } : {}) });
      }
    }
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  private async once<Result>(
    connection: PoolConnection,
    work: (transaction: Transaction) => Promise<Result>,
    signal: AbortSignal | undefined,
  ): Promise<Result> {
    const statements = this.statements(connection);
    await this.begin(connection, statements);
    const result = await work(statements);
    // A killed statement need not fail: sleep() and some others just end.
    signal?.throwIfAborted();
    await statements.execute('commit');
    return result;
  }

  /** What the session has is read in the transaction: between two of them a proxy may give another session. */
  private async begin(connection: PoolConnection, statements: Transaction): Promise<void> {
    await statements.execute('start transaction');
    if (await this.ofSession(this.sessions.isSettled(connection))) return;
    await this.ofSession(this.sessions.settle(connection));
    await statements.execute('start transaction');
    await this.ofSession(this.sessions.requireSettled(connection));
  }

  private async keepSettled(connection: PoolConnection): Promise<void> {
    if (await this.ofSession(this.sessions.isSettled(connection))) return;
    await this.ofSession(this.sessions.settle(connection));
  }

  private async ofSession<Result>(work: Promise<Result>): Promise<Result> {
    try {
      return await work;
    } catch (error) {
      throw warehouseFailure(error, `the session at ${new URL(this.options.url).host}`, this.sessions.product);
    }
  }

  private statements(connection: PoolConnection): ConnectionStatements {
    return new ConnectionStatements(connection, this.options.prefix, this.watch, this.sessions.product);
  }

  /** A connection that failed in the middle of its work is closed, not reused: the server rolls back what it had open. */
  private async withConnection<Result>(
    signal: AbortSignal | undefined,
    work: (connection: PoolConnection) => Promise<Result>,
  ): Promise<Result> {
    signal?.throwIfAborted();
    const connection = await this.connect();
    if (signal?.aborted) {
      connection.release();
      throw signal.reason;
    }
    let forget = () => undefined as void;
    const unanswered = new Promise<never>((_resolve, reject) => {
      forget = onAbort(signal, () => void this.stop(connection).then(() => reject(signal?.reason as Error)));
    });
    try {
      const result = await Promise.race([work(connection), unanswered]);
      forget();
      // What the work had ended before it was to be stopped: the kill may still be on its way, and must not meet somebody else's statement.
      if (signal?.aborted) connection.destroy();
      else connection.release();
      return result;
    } catch (error) {
      forget();
      if (error instanceof StalledStatement) await this.apart(`kill ${Number(connection.threadId)}`).catch(() => undefined);
      else await this.discard(connection);
      connection.destroy();
      signal?.throwIfAborted();
      throw error;
    }
  }

  private async connect(): Promise<PoolConnection> {
    let connection: PoolConnection | undefined;
    try {
      connection = await this.pool.getConnection();
      if (!this.settled.has(connection.connection)) {
        await this.sessions.settle(connection);
        await this.watch.know(connection);
        this.settled.add(connection.connection);
      }
      return connection;
    } catch (error) {
      // A session that takes no settings is still open, and would be held for ever.
      connection?.destroy();
      throw warehouseFailure(error, `the warehouse at ${new URL(this.options.url).host}`, this.sessions.product);
    }
  }

  /** Rolls back before the connection goes, so that locks are free when the caller tries again. */
  private async discard(connection: PoolConnection): Promise<void> {
    try {
      // A statement before it may never be answered: the driver's own limit would only begin after that.
      await Promise.race([connection.query('rollback'), sleep(rollbackTime, undefined, { ref: false })]);
    } catch {
      // The connection is lost: the server rolls back by itself.
    }
  }

  /** Kills what the connection runs; resolves where no answer comes to that. */
  private async stop(connection: PoolConnection): Promise<void> {
    try {
      await this.apart(`kill query ${Number(connection.threadId)}`);
      await sleep(timeToStop, undefined, { ref: false });
    } catch {
      connection.destroy();
    }
  }

  /**
   * On a connection of its own, for the pool may be used up by the very statements to be stopped. No variable changes what a kill does,
   * and it must not fail where a session can't be settled.
   */
  private async apart(sql: string): Promise<RowDataPacket[]> {
    const connection = await createConnection(connectionOptions(this.options.url));
    // Its end comes as an error of the query, too.
    connection.on('error', () => undefined);
    try {
      const [rows] = await connection.query<RowDataPacket[]>({ sql, timeout: timeToStop });
      return rows;
    } finally {
      connection.destroy();
    }
  }
}
