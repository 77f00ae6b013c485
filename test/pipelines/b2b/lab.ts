import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { Client, Connection } from '@temporalio/client';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { freshPrefix, temporal } from '../../support/servers/servers.js';
import { type Ran, StrataProcess } from '../../support/strata-process.js';
import { until } from '../../support/until.js';
import { type Delivery, inOrder, readDeliveries, readDelivery, type Row } from './expected/files.js';
import { type Reports, reportsOf } from './expected/reports.js';
import { stateAsOf } from './expected/state.js';

/** What is there of a date: the texts of its reports and the rows of its snapshots, values as text. */
export interface Outputs {
  readonly reports: Reports;
  readonly snapshots: Readonly<Record<(typeof tables)[number], readonly Row[]>>;
}

const tables = ['companies', 'customers', 'products', 'orders', 'web_visits'] as const;
const reports = ['monthly_sales', 'most_popular_products', 'most_used_devices', 'total_leads'] as const;

interface LabOptions {
  /** Other settings. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** The pipeline b2b over a folder of its own, into a warehouse of its own, with a worker. */
export class B2bLab {
  readonly folder = mkdtempSync(join(tmpdir(), 'strata-b2b-'));
  readonly prefix = freshPrefix();
  worker: StrataProcess | undefined;
  private readonly former: Delivery[] = [];

  private constructor(
    private readonly url: string,
    private readonly duckdb: DuckDBInstance,
    private readonly others: Readonly<Record<string, string>>,
  ) {}

  static async open(url: string, { settings = {} }: LabOptions = {}): Promise<B2bLab> {
    const lab = new B2bLab(url, await DuckDBInstance.create(':memory:'), settings);
    await lab.makeNamespace();
    await lab.succeed('migrate');
    return lab;
  }

  /** Workflow ids hold the pipeline's name, so a namespace has room for one b2b. */
  private async makeNamespace(): Promise<void> {
    const connection = await Connection.connect({ address: temporal.address });
    const { namespace } = this;
    await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: { seconds: 24 * 3600 } as never });
    const client = new Client({ connection, namespace });
    await until(() =>
      client.workflow.count().then(
        () => true,
        () => false,
      ),
    );
    await connection.close();
  }

  private get namespace(): string {
    return `b2b-${this.prefix.slice(0, -1)}`;
  }

  get settings(): Record<string, string> {
    return {
      STRATA_PIPELINES: 'b2b',
      STRATA_MYSQL_URL: this.url,
      STRATA_SCHEMA_PREFIX: this.prefix,
      STRATA_TASK_QUEUE: this.prefix,
      STRATA_RELEASE_UNDURABLE: '1',
      STRATA_FOLDER_QUIET_SECONDS: '0',
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: this.namespace,
      B2B_SOURCE_URL: pathToFileURL(this.folder).href,
      ...this.others,
    };
  }

  strata(...args: readonly string[]): Promise<Ran> {
    return StrataProcess.run(args, this.settings);
  }

  /** Runs a command that must succeed; returns what it printed. */
  async succeed(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.strata(...args);
    if (code !== 0) throw new Error(`strata ${args.join(' ')} ended with ${code}:\n${stdout}\n${stderr}`);
    return stdout;
  }

  async startWorker(): Promise<void> {
    this.worker = await StrataProcess.startWorker(this.settings);
  }

  /** SIGKILL, and another worker. */
  async replaceWorker(): Promise<void> {
    await this.worker?.kill();
    await this.startWorker();
  }

  path(...parts: readonly string[]): string {
    return join(this.folder, 'data', ...parts);
  }

  /** Takes files of a folder, with the times of their last change. */
  take(folder: string, wanted: (key: string) => boolean): void {
    for (const key of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!statSync(join(folder, key)).isFile() || !wanted(key)) continue;
      mkdirSync(dirname(join(this.folder, key)), { recursive: true });
      writeFileSync(join(this.folder, key), readFileSync(join(folder, key)));
      const { atime, mtime } = statSync(join(folder, key));
      utimesSync(join(this.folder, key), atime, mtime);
    }
  }

  /** Puts another version of a file into the source; what was delivered before counts still. */
  replace(path: string, bytes: string | Buffer, time = new Date()): void {
    const key = relative(this.folder, path);
    const former = readDelivery(this.folder, key);
    if (former) this.former.push(former);
    writeFileSync(path, bytes);
    utimesSync(path, time, time);
  }

  get deliveries(): readonly Delivery[] {
    return inOrder([...this.former, ...readDeliveries(this.folder)]);
  }

  /** By the specification, from all that was delivered. */
  expected(date: string): Outputs {
    const state = stateAsOf(this.deliveries, date);
    const { companies, customers, products, orders, visits } = state;
    const web_visits = visits.map((visit) => ({ ...visit }));
    return { reports: reportsOf(state), snapshots: { companies, customers, products, orders: withShortTimes(orders), web_visits } };
  }

  /** What was written. */
  async written(date: string): Promise<Outputs> {
    const texts = reports.map((name) => [name, readFileSync(this.path('final', `report=${name}`, date, 'part-00000.csv'), 'utf8')]);
    const rows: [string, readonly Row[]][] = [];
    for (const table of tables) rows.push([table, await this.snapshot(table, date)]);
    return { reports: Object.fromEntries(texts) as Outputs['reports'], snapshots: Object.fromEntries(rows) as Outputs['snapshots'] };
  }

  /** Rows of a snapshot in the order of its parts, values as text. */
  async snapshot(table: string, date: string): Promise<readonly Row[]> {
    const file = `final/data/final/table=${table}/${date}/part-*.snappy.parquet`;
    return withShortTimes(await this.ofFiles(`select columns(*)::varchar from read_parquet('${file}', hive_partitioning = false)`));
  }

  /** What DuckDB answers; `final` in the query is where the pipeline writes. */
  async ofFiles(sql: string): Promise<readonly Row[]> {
    const connection = await this.duckdb.connect();
    try {
      await connection.run("set timezone = 'UTC'");
      const result = await connection.runAndReadAll(sql.replaceAll("'final/", `'${this.folder}/`));
      return result.getRowObjectsJson() as readonly Row[];
    } finally {
      connection.closeSync();
    }
  }

  /** Every file that was written, with a digest of its bytes. */
  digests(): Readonly<Record<string, string>> {
    const final = this.path('final');
    const files = readdirSync(final, { recursive: true, encoding: 'utf8' }).filter((file) => statSync(join(final, file)).isFile());
    return Object.fromEntries(
      files.sort().map((file) => [
        file,
        createHash('sha256')
          .update(readFileSync(join(final, file)))
          .digest('hex'),
      ]),
    );
  }

  /** Rows of a statement in the warehouse, values as text; schemas without the prefix. */
  async query(sql: string): Promise<Record<string, string | null>[]> {
    const connection = await createConnection({ uri: this.url, dateStrings: true, supportBigNumbers: true, bigNumberStrings: true });
    try {
      const [rows] = await connection.query<RowDataPacket[]>(sql.replace(/\b(bulk|bus|gear|staging)\.(?=[a-z])/g, `${this.prefix}$1.`));
      const text = (value: unknown) => (value === null ? null : String(value));
      // A statement that changes rows returns none.
      if (!Array.isArray(rows)) return [];
      return rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, text(value)])));
    } finally {
      await connection.end();
    }
  }

  async close(): Promise<void> {
    await this.worker?.stop();
    this.duckdb.closeSync();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** As DuckDB shows times of UTC, but for the zone: without zeros at the end of a fraction. */
function withShortTimes(rows: readonly Row[]): readonly Row[] {
  const short = (text: string | null | undefined) =>
    (text ?? '')
      .replace(/\+00$/, '')
      .replace(/(\.\d*?)0+$/, '$1')
      .replace(/\.$/, '');
  const times = ['visit_time', 'created_date'];
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, times.includes(name) ? short(value) : value])),
  );
}
