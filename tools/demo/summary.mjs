/** What the run did, read from the warehouse: rows by layer, time by phase, a look at three tables. */
export class Summary {
  #connection;
  #prefix;

  static async connect(env) {
    const { createConnection } = await import('mysql2/promise');
    const connection = await createConnection({ uri: env.STRATA_MYSQL_URL, rowsAsArray: true, dateStrings: true, timezone: 'Z' });
    return new Summary(connection, env.STRATA_SCHEMA_PREFIX ?? '');
  }

  constructor(connection, prefix) {
    this.#connection = connection;
    this.#prefix = prefix;
  }

  async #rows(sql, values) {
    const [rows] = await this.#connection.query(sql, values);
    return rows;
  }

  /** The database's clock, for `since`. */
  async now() {
    return (await this.#rows("select date_format(utc_timestamp(6), '%Y-%m-%d %H:%i:%s.%f')"))[0][0];
  }

  async print(display, since) {
    display.line(`\n  ${display.bold('Rows by layer')}`);
    display.table(['layer', 'rows', ''], await this.#layers(since), { wrap: true });
    display.line(`\n  ${display.bold('Time')}`);
    display.table(['phase', 'seconds'], await this.#phases(since));
    for (const table of ['total_users', 'daily_countries', 'total_payments']) await this.#look(display, table);
  }

  end() {
    return this.#connection.end();
  }

  async #layers(since) {
    const gear = `${this.#prefix}gear`;
    const [[loads, staged, quarantined, waiting]] = await this.#rows(
      `select count(*), coalesce(sum(rows_staged), 0), coalesce(sum(rows_quarantined), 0), coalesce(sum(state in ('claimed', 'staged')), 0)
       from ??.loads where claimed_at >= ?`,
      [gear, since],
    );
    const reasons = await this.#rows(
      'select reasons, count(*) from ??.quarantine where quarantined_at >= ? group by reasons order by count(*) desc, reasons limit 12',
      [gear, since],
    );
    return [
      ['staging', Number(staged), `from ${loads} files${Number(waiting) > 0 ? `, ${waiting} not processed` : ', all processed'}`],
      ['quarantine', Number(quarantined), reasons.map(([reason, count]) => `${reason} ${count}`).join(', ')],
      await this.#layer('bulk', true),
      await this.#layer('vault', false),
      await this.#layer('bus', false),
    ];
  }

  /** Rows of all tables of a schema. */
  async #layer(layer, named) {
    const schema = `${this.#prefix}${layer}`;
    const tables = await this.#rows(
      "select table_name from information_schema.tables where table_schema = ? and table_type = 'BASE TABLE' order by table_name",
      [schema],
    );
    const counts = [];
    for (const [table] of tables) counts.push([table, Number((await this.#rows('select count(*) from ??.??', [schema, table]))[0][0])]);
    const sum = counts.reduce((total, [, count]) => total + count, 0);
    const detail = named
      ? counts.map(([table, count]) => `${table} ${count.toLocaleString('en-US')}`).join(', ')
      : `in ${counts.length} tables`;
    return [layer, sum, detail];
  }

  async #phases(since) {
    const gear = `${this.#prefix}gear`;
    const seconds = (from, to) => `timestampdiff(microsecond, ${from}, ${to}) / 1000000`;
    const [[landing, processing, vault, marts]] = await this.#rows(
      `with work as (
         select min(claimed_at) as claimed, max(staged_at) as staged, max(processed_at) as processed from ??.loads where claimed_at >= ?
       ), targets as (
         select max(case when target like 'vault.%' then refreshed_at end) as vault,
           max(case when target like 'bus.%' then refreshed_at end) as bus
         from ??.marts
       )
       select ${seconds('claimed', 'staged')}, ${seconds('staged', 'processed')},
         ${seconds('processed', 'vault')}, ${seconds('processed', 'bus')}
       from work, targets`,
      [gear, since, gear],
    );
    const shown = (value) => (value === null ? '-' : Math.max(0, Number(value)).toFixed(2));
    return [
      ['landing (files to staging)', shown(landing)],
      ['processing (staging to bulk)', shown(processing)],
      ['aggregation (bulk to bus)', shown(marts)],
      ['vault (after bus)', shown(vault)],
    ];
  }

  async #look(display, table) {
    const schema = `${this.#prefix}bus`;
    const [rows, fields] = await this.#connection.query('select * from ??.?? order by 1, 2 limit 4', [schema, table]);
    display.line(`\n  ${display.bold(`bus.${table}`)}`);
    const columns = fields.map((field) => field.name);
    display.table(
      columns,
      rows.map((row) => row.map((value) => (value === null ? null : String(value)))),
    );
  }
}
