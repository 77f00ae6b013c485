import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';

/** Seconds from which a statement is logged: shorter ones are tens of thousands. */
const logged = 0.02;

const globals = ['log_output', 'long_query_time', 'slow_query_log'] as const;
type Settings = Readonly<Record<(typeof globals)[number], string | number>>;

interface LoggedBench {
  readonly database: { readonly url: string };
  onEnd(log: StatementLog): void;
}

export interface StatementCost {
  readonly seconds: number;
  /** That were written; NaN where the server does not log them. */
  readonly rows: number;
}

/** Of mysql.slow_log. */
interface LoggedStatement {
  readonly seconds: string | number;
  /** MySQL has no such column. */
  readonly rows_affected?: string | number;
  readonly text: string;
}

/** What a server did, statement by statement, from its slow log, which goes to its table meanwhile. It sees sessions that begin later. */
export class StatementLog {
  readonly #connection: Connection;
  readonly #before: Settings;
  #from = '';
  #closed: Promise<void> | undefined;

  /** Of a database; it ends with the scenario of the bench. */
  static async open(bench: LoggedBench): Promise<StatementLog> {
    const connection = await createConnection({ uri: bench.database.url, dateStrings: true });
    const [[before]] = await connection.query<(Settings & RowDataPacket)[]>(
      `select ${globals.map((name) => `@@global.${name} as ${name}`).join(', ')}`,
    );
    if (!before) throw new Error('the server says nothing of its settings');
    const log = new StatementLog(connection, before);
    bench.onEnd(log);
    await log.#set({ log_output: 'TABLE', long_query_time: logged, slow_query_log: 1 });
    return log;
  }

  private constructor(connection: Connection, before: Settings) {
    this.#connection = connection;
    this.#before = before;
  }

  /** Forgets what came before. */
  async start(): Promise<void> {
    const [[row]] = await this.#connection.query<({ now: string } & RowDataPacket)[]>('select now(6) as now');
    this.#from = row?.now ?? '';
  }

  /**
   * What was done since `start` in schemas of that prefix, one after the other: statements that do the same to the same table
   * are one. By what they do, in the order of their first.
   */
  async statements(prefix: string): Promise<Map<string, StatementCost>> {
    const [rows] = await this.#connection.query<(LoggedStatement & RowDataPacket)[]>(
      // MySQL's time_to_sec leaves fractions out, MariaDB's does not.
      `select *, floor(time_to_sec(query_time)) + microsecond(query_time) / 1e6 as seconds, convert(sql_text using utf8mb4) as text
       from mysql.slow_log where start_time >= ? order by start_time`,
      [this.#from],
    );
    const done = new Map<string, StatementCost>();
    for (const { seconds, rows_affected: written, text } of rows) {
      if (!text.includes(prefix) && !/^commit/i.test(text)) continue;
      const name = nameOf(text.replaceAll('`', '').replaceAll(prefix, ''));
      const { seconds: sum, rows: more } = done.get(name) ?? { seconds: 0, rows: 0 };
      done.set(name, { seconds: sum + Number(seconds), rows: more + Number(written ?? NaN) });
    }
    return done;
  }

  /** Sets the server back as it was. May be called more than once. */
  close(): Promise<void> {
    this.#closed ??= this.#set(this.#before).finally(() => this.#connection.destroy());
    return this.#closed;
  }

  async #set(values: Settings): Promise<void> {
    for (const name of globals) await this.#connection.query(`set global ${name} = ?`, [values[name]]);
  }
}

/** `insert bus.daily_users`: the verb, and the first table that is named, which is the one that is written. */
function nameOf(text: string): string {
  const [verb = '?'] = /^\s*(load data|\w+)/i.exec(text) ?? [];
  const [table = ''] = /\b(?:staging|bulk|vault|bus|gear)\.\w+/.exec(text) ?? [];
  return `${verb.trim().toLowerCase()} ${table}`.trim();
}
