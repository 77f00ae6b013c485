/** Seconds from which a statement is logged: shorter ones are tens of thousands. */
const logged = 0.02;

const globals = ['log_output', 'long_query_time', 'slow_query_log'];

/** What a server did, statement by statement, from its slow log, which goes to its table meanwhile. It sees sessions that begin later. */
export class StatementLog {
  #connection;
  #before;
  #from;

  /** @param {import('./context.mjs').Bench} bench whose database it is, and with whose scenario it ends */
  static async open(bench) {
    const { createConnection } = await import('mysql2/promise');
    const log = new StatementLog();
    log.#connection = await createConnection({ uri: bench.database.url, dateStrings: true });
    const [[before]] = await log.#connection.query(`select ${globals.map((name) => `@@global.${name} as ${name}`).join(', ')}`);
    log.#before = before;
    bench.onEnd(log);
    await log.#set({ log_output: 'TABLE', long_query_time: logged, slow_query_log: 1 });
    return log;
  }

  /** Forgets what came before. */
  async start() {
    const [[{ now }]] = await this.#connection.query('select now(6) as now');
    this.#from = now;
  }

  /**
   * What was done since `start` in schemas of that prefix, one after the other: statements that do the same to the same table
   * are one.
   * @param {string} prefix
   * @returns {Promise<Map<string, { seconds: number, rows: number }>>} by what they do, in the order of their first; rows are
   *   those that they wrote, NaN where the server does not log them
   */
  async statements(prefix) {
    const [rows] = await this.#connection.query(
      // MySQL's time_to_sec leaves fractions out, MariaDB's does not.
      `select *, floor(time_to_sec(query_time)) + microsecond(query_time) / 1e6 as seconds, convert(sql_text using utf8mb4) as text
       from mysql.slow_log where start_time >= ? order by start_time`,
      [this.#from],
    );
    const done = new Map();
    for (const { seconds, rows_affected: written, text } of rows) {
      if (!text.includes(prefix) && !/^commit/i.test(text)) continue;
      const name = nameOf(text.replaceAll('`', '').replaceAll(prefix, ''));
      const { seconds: sum, rows: more } = done.get(name) ?? { seconds: 0, rows: 0 };
      done.set(name, { seconds: sum + Number(seconds), rows: more + Number(written ?? NaN) });
    }
    return done;
  }

  /** Sets the server back as it was. May be called more than once. */
  close() {
    this.closed ??= this.#set(this.#before).finally(() => this.#connection.destroy());
    return this.closed;
  }

  async #set(values) {
    for (const [name, value] of Object.entries(values)) await this.#connection.query(`set global ${name} = ?`, [value]);
  }
}

/** `insert bus.daily_users`: the verb, and the first table that is named, which is the one that is written. */
function nameOf(text) {
  const [verb] = /^\s*(load data|\w+)/i.exec(text) ?? ['?'];
  const [table = ''] = /\b(?:staging|bulk|vault|bus|gear)\.\w+/.exec(text) ?? [];
  return `${verb.trim().toLowerCase()} ${table}`.trim();
}
