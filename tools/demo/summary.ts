import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import type { Cell, Display } from '../display.js';
import { counted } from '../../src/contracts/format-numbers.js';
import { appendEntity } from '../../src/engine/entities/entity.js';
import type { PipelineDefinition } from '../../src/index.js';
import type { DemoPipeline } from './pipelines.js';

/** Files of a feed. Sums of MySQL are decimals, which come as text. */
interface LandedFeed {
  readonly pipeline: string;
  readonly feed: string;
  readonly loads: string | number;
  readonly landed: string | number;
  readonly waiting: string | number;
}

/** What the runs did, read from the warehouse: rows by layer, time by phase, a look at some tables. */
export class Summary {
  readonly #connection: Connection;
  readonly #prefix: string;

  static async connect(url: string, prefix: string): Promise<Summary> {
    return new Summary(await createConnection({ uri: url, dateStrings: true, timezone: 'Z' }), prefix);
  }

  constructor(connection: Connection, prefix: string) {
    this.#connection = connection;
    this.#prefix = prefix;
  }

  async #rows<Row>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    const [rows] = await this.#connection.query<(Row & RowDataPacket)[]>(sql, [...values]);
    return rows;
  }

  /** Of a query that gives one row. */
  async #row<Row>(sql: string, values: readonly unknown[] = []): Promise<Row> {
    const [row] = await this.#rows<Row>(sql, values);
    if (row === undefined) throw new Error('the warehouse gave no row');
    return row;
  }

  /** The database's clock, for `since`. */
  async now(): Promise<string> {
    const { now } = await this.#row<{ now: string }>("select date_format(utc_timestamp(6), '%Y-%m-%d %H:%i:%s.%f') as now");
    return now;
  }

  async print(display: Display, since: string, pipelines: readonly DemoPipeline[]): Promise<void> {
    display.line(`\n  ${display.bold('Rows by layer')}`);
    display.table(
      ['layer', 'rows', ''],
      await this.layers(
        since,
        pipelines.map(({ definition }) => definition),
      ),
      { wrap: true },
    );
    // Several runs have no time in common.
    if (pipelines.flatMap(({ runs }) => runs).length === 1) {
      display.line(`\n  ${display.bold('Time')}`);
      const straight = pipelines.every(({ definition }) => definition.feeds.every(({ name }) => appendEntity(definition, name)));
      display.table(['phase', 'seconds'], await this.#phases(since, straight));
    }
    await this.#files(display, since);
    for (const table of pipelines.flatMap(({ tables }) => tables)) await this.#look(display, table);
  }

  end(): Promise<void> {
    return this.#connection.end();
  }

  /** What landed since, by the layer that took it, and what each layer holds. */
  async layers(since: string, pipelines: readonly PipelineDefinition[]): Promise<Cell[][]> {
    const gear = `${this.#prefix}gear`;
    const landed = await this.#rows<LandedFeed>(
      `select pipeline, feed, count(*) as loads, coalesce(sum(rows_staged), 0) as landed,
         coalesce(sum(state in ('claimed', 'staged')), 0) as waiting
       from ??.loads where claimed_at >= ? group by pipeline, feed`,
      [gear, since],
    );
    const isStraight = ({ pipeline, feed }: LandedFeed) => pipelines.some((each) => each.name === pipeline && appendEntity(each, feed));
    const staged = landed.filter((feed) => !isStraight(feed));
    const straight = landed.filter(isStraight);
    const reasons = await this.#rows<{ reasons: string; count: number }>(
      `select reasons, count(*) as count from ??.quarantine where quarantined_at >= ?
       group by reasons order by count(*) desc, reasons limit 12`,
      [gear, since],
    );
    const { quarantined } = await this.#row<{ quarantined: string }>(
      'select coalesce(sum(rows_quarantined), 0) as quarantined from ??.loads where claimed_at >= ?',
      [gear, since],
    );
    return [
      ...(staged.length > 0 || straight.length === 0 ? [landedLine('staging', 'from', staged)] : []),
      ...(straight.length > 0 ? [landedLine('landed', 'straight into bulk from', straight)] : []),
      ['quarantine', Number(quarantined), reasons.map((row) => `${row.reasons} ${row.count}`).join(', ')],
      await this.#layer('bulk', true),
      await this.#layer('vault', false),
      await this.#layer('bus', false),
    ];
  }

  /** Rows of all tables of a schema: views store none. */
  async #layer(layer: string, named: boolean): Promise<Cell[]> {
    const schema = `${this.#prefix}${layer}`;
    const relations = await this.#rows<{ name: string; type: string }>(
      `select table_name as name, table_type as type from information_schema.tables where table_schema = ? order by table_name`,
      [schema],
    );
    const tables = relations.filter(({ type }) => type === 'BASE TABLE');
    const views = relations.length - tables.length;
    const counts: { name: string; count: number }[] = [];
    for (const { name } of tables)
      counts.push({ name, ...(await this.#row<{ count: number }>('select count(*) as count from ??.??', [schema, name])) });
    const sum = counts.reduce((total, { count }) => total + count, 0);
    if (named) return [layer, sum, counts.map(({ name, count }) => `${name} ${count.toLocaleString('en-US')}`).join(', ')];
    const kinds = [
      ...(tables.length > 0 || views === 0 ? [counted(tables.length, 'table')] : []),
      ...(views > 0 ? [counted(views, 'view')] : []),
    ];
    return [layer, tables.length > 0 || views === 0 ? sum : null, `in ${kinds.join(' and ')}`];
  }

  async #phases(since: string, isStraight: boolean): Promise<Cell[][]> {
    const gear = `${this.#prefix}gear`;
    const seconds = (from: string, to: string) => `timestampdiff(microsecond, ${from}, ${to}) / 1000000`;
    const { landing, processing, vault, marts } = await this.#row<Record<'landing' | 'processing' | 'vault' | 'marts', string | null>>(
      `with work as (
         select min(claimed_at) as claimed, max(staged_at) as staged, max(processed_at) as processed from ??.loads where claimed_at >= ?
       ), targets as (
         select max(case when target like 'vault.%' then refreshed_at end) as vault,
           max(case when target like 'bus.%' then refreshed_at end) as bus
         from ??.marts
       )
       select ${seconds('claimed', 'staged')} as landing, ${seconds('staged', 'processed')} as processing,
         ${seconds('processed', 'vault')} as vault, ${seconds('processed', 'bus')} as marts
       from work, targets`,
      [gear, since, gear],
    );
    const shown = (value: string | null) => (value === null ? '-' : Math.max(0, Number(value)).toFixed(2));
    return [
      [`landing (files to ${isStraight ? 'bulk' : 'staging'})`, shown(landing)],
      [`processing (${isStraight ? 'rows made visible' : 'staging to bulk'})`, shown(processing)],
      ['aggregation (bulk to bus)', shown(marts)],
      ['vault (after bus)', shown(vault)],
    ];
  }

  /** The snapshots and reports that were written. */
  async #files(display: Display, since: string): Promise<void> {
    const gear = `${this.#prefix}gear`;
    const { files, dates, bytes } = await this.#row<Record<'files' | 'dates' | 'bytes', string | number>>(
      `select count(*) as files, count(distinct partition_date) as dates, coalesce(sum(byte_size), 0) as bytes from ??.dated_outputs
       where object_key is not null and written_at >= ?`,
      [gear, since],
    );
    if (Number(files) === 0) return;
    display.line(`\n  ${display.bold('Files')}`);
    display.line(`    ${files} snapshots and reports of ${dates} dates, ${Math.ceil(Number(bytes) / 1000)} kB`);
  }

  async #look(display: Display, table: string): Promise<void> {
    const schema = `${this.#prefix}bus`;
    const [rows, fields] = await this.#connection.query<RowDataPacket[]>('select * from ??.?? order by 1, 2 limit 4', [schema, table]);
    display.line(`\n  ${display.bold(`bus.${table}`)}`);
    const columns = fields.map((field) => field.name);
    display.table(
      columns,
      rows.map((row) => columns.map((column) => (row[column] === null ? null : String(row[column])))),
    );
  }
}

/** Rows that files brought to a layer. */
function landedLine(layer: string, from: string, feeds: readonly LandedFeed[]): Cell[] {
  const [rows, files, waiting] = (['landed', 'loads', 'waiting'] as const).map((name) =>
    feeds.reduce((sum, feed) => sum + Number(feed[name]), 0),
  ) as [number, number, number];
  return [layer, rows, `${from} ${counted(files, 'file')}${waiting > 0 ? `, ${waiting} not processed` : ', all processed'}`];
}
