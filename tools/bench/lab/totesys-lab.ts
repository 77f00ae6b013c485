import { setTimeout as sleep } from 'node:timers/promises';
import type { RunReport } from '../../../src/contracts/workflows.js';
import { postgresProgram } from '../../programs/postgres-program.js';
import type { RunProcess } from '../../run/process.js';
import { type LargeSource, TotesysSource } from '../../samples/totesys/source.js';
import { startPostgres } from '../../servers/postgres.js';
import type { Bench } from '../context.js';
import { extractSteps, type ExtractSteps } from '../measure/extract-steps.js';
import { Lab, type LabMeasured } from './lab.js';
import type { Executed } from './namespace.js';

export interface MeasuredRun extends LabMeasured {
  /** Of all tables. */
  readonly rows: number;
  /** Of all objects. */
  readonly bytes: number;
}

export interface MeasuredExtract extends MeasuredRun {
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

/** A PostgreSQL with the retail company's tables. */
export class TotesysServer {
  /** Starts it with so many rows in its tables. It ends with the bench, if not before. */
  static async start(bench: Bench, size: LargeSource): Promise<TotesysServer> {
    const program = await postgresProgram({ say: bench.say, signal: bench.signal });
    const server = await startPostgres(bench.run, { program, settings: ['shared_buffers=1GB', 'max_wal_size=8GB'] });
    const totesys = new TotesysServer(server.url, server.process(), await TotesysSource.createLarge(server.url, size));
    bench.onEnd(totesys);
    return totesys;
  }

  private constructor(
    readonly url: string,
    readonly process: RunProcess,
    readonly source: TotesysSource,
  ) {}

  /** Rows that a table has now. */
  async rowsOf(table: string): Promise<number> {
    const [row] = await this.source.query<{ n: number }>(`select count(*)::int as n from ${table}`);
    return row?.n ?? NaN;
  }

  async close(): Promise<void> {
    // The server waits for its clients.
    await this.source.end();
    await this.process.stop();
  }
}

/** A lab with an empty warehouse and an empty lake, which extracts a database. The first extract warms it: there is nothing before it. */
export class TotesysLab {
  static async open(bench: Bench, server: TotesysServer): Promise<TotesysLab> {
    const lab = await Lab.open(bench, { pipeline: 'totesys', warm: false, env: { TOTESYS_DATABASE_URL: server.url } });
    lab.measureSource(server.process.pid);
    return new TotesysLab(lab, server.source);
  }

  private constructor(
    private readonly lab: Lab,
    private readonly source: TotesysSource,
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

  /** The first extract, measured until its run is in the lake. What follows is broken off when the lab is closed. */
  async extractToLake(): Promise<MeasuredRun> {
    await this.lab.settled();
    const { seconds, cpu, peak } = await this.lab.measure(async () => {
      const run = this.lab.extract();
      // Closing the lab ends its worker.
      run.catch(() => undefined);
      await Promise.race([this.#isInLake(), run]);
    });
    const [written] = await this.lab.query<{ row_count: number; byte_size: number }>(
      "select row_count, byte_size from {gear}.extract_runs where state = 'committed'",
    );
    return { seconds, cpu, peak, rows: Number(written?.row_count), bytes: Number(written?.byte_size) };
  }

  /** Ends its worker, and drops all that it made. */
  close(): Promise<void> {
    return this.lab.close();
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

  async #isInLake(): Promise<void> {
    const committed = () => this.lab.query<object>("select 1 from {gear}.extract_runs where state = 'committed'");
    while ((await committed()).length === 0) await sleep(20);
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
