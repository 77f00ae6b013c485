import { setTimeout as sleep } from 'node:timers/promises';
import type { RunReport } from '../../../src/contracts/workflows.js';
import { postgresProgram } from '../../programs/postgres-program.js';
import { TotesysSource } from '../../samples/totesys/source.js';
import { startPostgres } from '../../servers/postgres.js';
import type { Bench } from '../context.js';
import { extractSteps, type ExtractSteps } from '../measure/extract-steps.js';
import { count } from '../report/statistics.js';
import { Lab, type LabMeasured } from './lab.js';
import type { Executed } from './namespace.js';

export interface MeasuredExtract extends LabMeasured {
  /** Of all tables. */
  readonly rows: number;
  /** Of all objects. */
  readonly bytes: number;
  readonly steps: ExtractSteps;
}

/** What must be the same in bus and in the database: columns of a table of bus, and where the source has them. */
const same: readonly (readonly [columns: string, bus: string, source: string])[] = [
  ['count(*) as n, sum(units_sold) as a, sum(unit_price) as b', 'current_sales_order', 'sales_order'],
  ['count(*) as n, sum(item_quantity) as a, sum(item_unit_price) as b', 'current_purchase_orders', 'purchase_order'],
  ['count(*) as n, sum(payment_amount) as a, sum(case when paid then 1 else 0 end) as b', 'current_payment', 'payment'],
  ['count(*) as n, sum(char_length(city)) as a, sum(char_length(address_line_2)) as b', 'dim_location', 'address'],
  [
    'count(*) as n, sum(char_length(last_name)) as a, sum(char_length(location)) as b',
    'dim_staff',
    'staff join department using (department_id)',
  ],
];

/** A PostgreSQL with the retail company's tables, and a lab that extracts them. */
export class TotesysLab {
  /** With so many rows in each table that has many. */
  static async open(bench: Bench, rows: number): Promise<TotesysLab> {
    bench.say(`a database with ${count(rows)} rows a table`);
    const program = await postgresProgram({ say: bench.say, signal: bench.signal });
    const server = await startPostgres(bench.run, { program, settings: ['shared_buffers=1GB', 'max_wal_size=8GB'] });
    const source = await TotesysSource.createLarge(server.url, { rows });
    // The server waits for its clients.
    bench.onEnd({ close: () => source.end().then(() => server.process().stop()) });
    // The first extract warms it: there is nothing before it.
    const lab = await Lab.open(bench, { pipeline: 'totesys', warm: false, env: { TOTESYS_DATABASE_URL: server.url } });
    lab.own('source', server.process());
    return new TotesysLab(lab, source, server.url, server.process().pid);
  }

  private constructor(
    private readonly lab: Lab,
    readonly source: TotesysSource,
    readonly url: string,
    readonly sourcePid: number,
  ) {}

  /** A run of the extract, to bus. Throws where bus is not what the database has. */
  async extract(): Promise<MeasuredExtract> {
    await this.lab.settled();
    const { result: run, ...measured } = await this.lab.measure(() => this.lab.extract());
    for (const [columns, bus, source] of same) {
      const [there] = await this.lab.query<object>(`select ${columns} from {bus}.${bus}`);
      const [here] = await this.source.query<object>(`select ${columns} from ${source}`);
      const [inBus, inSource] = [there, here].map((row) =>
        Object.values(row ?? {})
          .map(Number)
          .join(', '),
      );
      if (inBus !== inSource) throw new Error(`${bus} has ${inBus}, and the database has ${inSource}`);
    }
    return this.#measured(run, measured);
  }

  /** All rows of one table, measured until they are in the lake; what follows is only waited for. */
  async reread(table: string): Promise<MeasuredExtract> {
    await this.lab.settled();
    const before = await this.#runs();
    const { result: running, ...measured } = await this.lab.measure(async () => {
      const run = this.lab.extract({ full: true, tables: [table] });
      await Promise.race([this.#runAfter(before), run]);
      return { run };
    });
    return this.#measured(await running.run, measured);
  }

  /** Ends its worker and its database. */
  async close(): Promise<void> {
    await this.source.end();
    await this.lab.close();
  }

  async #measured(run: Executed<RunReport>, measured: LabMeasured): Promise<MeasuredExtract> {
    const { extract } = run.result;
    if (!extract || extract.kind === 'answers') throw new Error('the run is not one of an extract of a database');
    const { tables } = extract;
    return {
      ...measured,
      rows: tables.reduce((sum, { rows }) => sum + rows, 0),
      bytes: tables.reduce((sum, { bytes }) => sum + bytes, 0),
      steps: extractSteps(await this.lab.executions(run), await this.#secondsOfManifest(extract.run)),
    };
  }

  /** Rows that a table of the source has now. */
  async rowsOf(table: string): Promise<number> {
    const [row] = await this.source.query<{ n: number }>(`select count(*)::int as n from ${table}`);
    return row?.n ?? NaN;
  }

  async #runs(): Promise<number> {
    const [row] = await this.lab.query<{ n: number }>("select count(*) as n from {gear}.extract_runs where state = 'committed'");
    return Number(row?.n);
  }

  async #runAfter(before: number): Promise<void> {
    while ((await this.#runs()) === before) await sleep(20);
  }

  /** From when all tables were read and their objects written until the manifest was there and noted. */
  async #secondsOfManifest(run: number): Promise<number> {
    const [row] = await this.lab.query<{ micros: number | string }>(
      'select timestampdiff(microsecond, prepared_at, committed_at) as micros from {gear}.extract_runs where run = ?',
      [run],
    );
    return Number(row?.micros) / 1e6;
  }
}
