import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { type Connection, createConnection, type ResultSetHeader, type RowDataPacket } from 'mysql2/promise';
import type { ExtractInput } from '../../../src/contracts/activities/extract.js';
import { runScope } from '../../../src/contracts/dates/dated-runs.js';
import { workflowIds, workflowTypes } from '../../../src/contracts/names.js';
import type { PickupCounts, RunInput, RunReport } from '../../../src/contracts/workflows.js';
import { projectFolder, strataProgram } from '../../build.js';
import { lastLines, ProvisionError, runProgram } from '../../programs/run-program.js';
import { type RunProcess, startProcess } from '../../run/process.js';
import type { Bench } from '../context.js';
import type { Execution, WorkflowRun } from '../measure/history.js';
import { cpuSeconds } from '../measure/processes.js';
import { measure, type Measured, type ProcessGroups, settled } from '../measure/meter.js';
import { dropDatabases } from '../drop-databases.js';
import type { Database } from '../servers.js';
import { Bucket, type Content } from './bucket.js';
import { tripsHeader } from '../../samples/trips/files.js';
import { gamesHeader, paymentsHeader, usersHeader } from './games.js';
import { type Executed, Namespace, type ReadingRange } from './namespace.js';

/** Of scenarios that name none. */
export const pipeline = 'eastrock';
export type LabPipeline = typeof pipeline | 'b2b' | 'trips' | 'totesys';

/** What a lab's processes do; a source is a database that is extracted. */
type Role = 'worker' | 'serve' | 'store' | 'source';
type Group = Role | 'database' | 'temporal';
export type LabMeasured = Measured<Group>;

interface LabOptions {
  readonly pipeline?: LabPipeline;
  readonly database?: Database;
  /** Settings of its workers. */
  readonly env?: Readonly<Record<string, string>>;
  readonly workers?: number;
  /** It is warm when every activity ran once, on files without rows. */
  readonly warm?: boolean;
}

/**
 * The whole of Strata as it is run in production, with schemas, a bucket and a Temporal namespace of its own: the built
 * program in worker processes, driven from outside by files and workflows.
 */
export class Lab {
  readonly #bench: Bench;
  readonly #database: Database;
  readonly #pipeline: LabPipeline;
  readonly #name = `bench-${randomBytes(4).toString('hex')}`;
  readonly #env: NodeJS.ProcessEnv;
  readonly #bucket: Bucket;
  readonly #processes: Record<Role, RunProcess[]> = { worker: [], serve: [], store: [], source: [] };
  readonly #killed = new Set<number>();
  /** CPU seconds of workers that were killed while they were measured. */
  #killedCpu = 0;
  readonly #sources: number[] = [];
  #namespace: Namespace | undefined;
  #sql: Connection | undefined;
  #closed: Promise<void> | undefined;

  static async open(bench: Bench, options: LabOptions = {}): Promise<Lab> {
    const { pipeline: name = pipeline, database = bench.database, env = {}, workers = 1, warm = true } = options;
    const lab = new Lab(bench, name, database, env);
    bench.run.throwIfClosing();
    bench.onEnd(lab);
    lab.#namespace = await Namespace.make(bench.servers.temporal.address, lab.#name);
    await lab.#bucket.make();
    lab.#sql = await createConnection({ uri: database.url, dateStrings: true, timezone: 'Z', supportBigNumbers: true });
    await lab.strata('migrate');
    await Promise.all(Array.from({ length: workers }, () => lab.startStrata('worker', 'the worker is ready')));
    if (warm) await lab.#warmUp();
    return lab;
  }

  constructor(bench: Bench, name: LabPipeline, database: Database, env: Readonly<Record<string, string>>) {
    this.#bench = bench;
    this.#pipeline = name;
    this.#database = database;
    const { PATH, HOME } = process.env;
    this.#env = {
      ...{ PATH, HOME, STRATA_LOG_FORMAT: 'json', STRATA_SHUTDOWN_GRACE_SECONDS: '2' },
      ...{ TEMPORAL_CONFIG_FILE: bench.run.path('temporal.toml') },
      ...{ TEMPORAL_ADDRESS: bench.servers.temporal.address, TEMPORAL_NAMESPACE: this.#name },
      ...{ STRATA_MYSQL_URL: database.url, STRATA_SCHEMA_PREFIX: this.prefix },
      ...{ ...bench.servers.store.env, ...bucketSettings(name, this.#name) },
      ...{ AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
      ...{ ...bench.options.workerEnv, ...env },
    };
    this.#bucket = new Bucket(this.#name, this.#env);
  }

  /** Put before the names of its schemas. */
  get prefix(): string {
    return `${this.#name.replace('-', '_')}_`;
  }

  get #temporal(): Namespace {
    if (!this.#namespace) throw new Error('the lab is not open');
    return this.#namespace;
  }

  get #groups(): ProcessGroups<Group> {
    const { store, temporal } = this.#bench.servers;
    const own = (role: Role) => this.#processes[role].map(({ pid }) => pid);
    return {
      database: this.#database.pids,
      worker: own('worker'),
      serve: own('serve'),
      source: this.#sources,
      store: [...store.pids, ...own('store')],
      temporal: temporal.pids,
    };
  }

  /** Measures a database that is extracted too. It is not the lab's. */
  measureSource(pid: number): void {
    this.#sources.push(pid);
  }

  /** Ends a process with the lab, and measures it with those of that role. */
  own(role: Role, child: RunProcess): void {
    this.#processes[role].push(child);
  }

  /** Runs one of strata's commands; fails with what it said. */
  async strata(...args: readonly string[]): Promise<void> {
    const { run, signal } = this.#bench;
    const { code, output } = await runProgram(process.execPath, [strataProgram, ...args], { env: this.#env, cwd: projectFolder, signal });
    run.throwIfClosing();
    if (code !== 0) throw new ProvisionError(`strata ${args.join(' ')} failed:\n${lastLines(output, 20)}`);
  }

  /** Started, and ended with the lab. `ready` is what its log says once it serves. */
  async startStrata(command: 'worker' | 'serve', ready: string, env: Readonly<Record<string, string>> = {}): Promise<void> {
    const { run } = this.#bench;
    const child = await startProcess(run, {
      name: `strata ${command}`,
      command: process.execPath,
      // The folder in the command line shows later whose process it is; Node would write its diagnostic reports there.
      args: [`--diagnostic-dir=${run.folder}`, strataProgram, command],
      env: { ...this.#env, ...env },
      cwd: projectFolder,
      logFile: run.path(`${command}-${randomBytes(3).toString('hex')}.log`),
    });
    await child.waitUntil(async () => (await child.output()).includes(ready));
    this.own(command, child);
  }

  async #warmUp(): Promise<void> {
    if (this.#pipeline === 'b2b') return this.#warmUpByDate();
    if (this.#pipeline === 'trips') {
      await this.put('trips-warm.csv', `${tripsHeader}\n`);
      await this.run();
      return;
    }
    const headers = { games: gamesHeader, users: usersHeader, payments: paymentsHeader };
    for (const [feed, header] of Object.entries(headers)) await this.put(`${feed}-warm.csv`, `${header}\n`);
    await this.run();
  }

  /** On a date before all others, whose outputs are forgotten: later runs would write them again. */
  async #warmUpByDate(): Promise<void> {
    const date = '2000-01-01';
    for (const name of ['companies', 'customers', 'products', 'orders']) await this.put(`data/init/${name}.csv`, '');
    for (const name of ['leadcsv.csv', 'companycsv.csv', 'companies.csv', 'weblogs.log']) await this.put(`data/raw/${date}/${name}`, '');
    await this.run({ initial: true });
    await this.run({ dates: { from: date, to: date } });
    await this.change('delete from {gear}.dated_outputs');
  }

  /** Puts an object; at another endpoint of the store, where one is named. */
  put(key: string, content: Content, endpoint?: string): Promise<void> {
    return this.#bucket.put(key, content, endpoint);
  }

  /** Puts an object of any size. */
  stream(key: string, blocks: Iterable<string> | AsyncIterable<Buffer>): Promise<void> {
    return this.#bucket.stream(key, blocks);
  }

  /** Rows of a query; `{gear}` and the like stand for the lab's schemas. */
  query<Row>(sql: string, values: readonly unknown[] = []): Promise<(Row & RowDataPacket)[]> {
    return this.#query<(Row & RowDataPacket)[]>(sql, values);
  }

  /** How many rows a statement changed. */
  async change(sql: string, values: readonly unknown[] = []): Promise<number> {
    return (await this.#query<ResultSetHeader>(sql, values)).affectedRows;
  }

  async #query<Result extends RowDataPacket[] | ResultSetHeader>(sql: string, values: readonly unknown[]): Promise<Result> {
    if (!this.#sql) throw new Error('the lab is not open');
    const [result] = await this.#sql.query<Result>(
      sql.replace(/\{(\w+)\}/g, (_, schema: string) => `\`${this.prefix}${schema}\``),
      [...values],
    );
    return result;
  }

  /** Everything that is in the bucket, or the files of some dates, to bus and vault, as `strata run` does it. */
  run(scope: Pick<RunInput, 'dates' | 'initial'> = {}): Promise<Executed<RunReport>> {
    return this.#execute('runPipeline', workflowIds.run(this.#pipeline, runScope(scope)), { pipeline: this.#pipeline, ...scope });
  }

  /** A run of the pipeline's extract, to bus, as `strata extract` does it. */
  extract(wish: Pick<ExtractInput, 'full' | 'tables'> = {}): Promise<Executed<RunReport>> {
    const name = this.#pipeline;
    return this.#execute(workflowTypes.extract, workflowIds.extract(name, name), { pipeline: name, extract: name, ...wish });
  }

  /** Lands what is in the bucket of one feed, nothing more. */
  pickup(feed: string): Promise<Executed<PickupCounts>> {
    return this.#execute('pickupFeed', `${this.#pipeline}/${feed}/pickup`, {
      pipeline: this.#pipeline,
      feed,
      source: { kind: 'feed' },
      starter: { kind: 'run', progress: { workflowId: 'nobody' } },
    });
  }

  #execute<Result>(type: string, workflowId: string, input: object): Promise<Executed<Result>> {
    const lost = this.#processes.worker.map(async (worker) => {
      const how = await worker.ended;
      if (this.#killed.has(worker.pid)) return new Promise<never>(() => undefined);
      this.#bench.run.throwIfClosing();
      throw new ProvisionError(`A worker ended (${how}); its last lines:\n${lastLines(await worker.output(), 20)}`);
    });
    for (const worker of lost) worker.catch(() => undefined);
    return this.#temporal.execute(type, workflowId, input, lost);
  }

  /** Waits for the end of a workflow that something else started; one that the server does not know has ended. */
  ended(workflowId: string): Promise<void> {
    return this.#temporal.ended(workflowId);
  }

  /** The histories of what a run did. */
  executions(run: WorkflowRun): Promise<Execution[]> {
    return this.#temporal.executions(run);
  }

  /** Runs `work` while all servers and workers are measured, those too that are killed and started meanwhile. */
  async measure<T>(work: () => Promise<T>): Promise<LabMeasured & { readonly result: T }> {
    const known = new Set(this.#groups.worker);
    this.#killedCpu = 0;
    const measured = await measure(this.#groups, work);
    const fresh = this.#groups.worker.filter((pid) => !known.has(pid));
    const more = this.#killedCpu + (fresh.length > 0 ? await cpuSeconds(fresh) : 0);
    return { ...measured, cpu: { ...measured.cpu, worker: measured.cpu.worker + more } };
  }

  /** The ranges of files that are being read, each with the process of the worker. */
  async readingRanges(): Promise<readonly ReadingRange[]> {
    return (await this.#temporal.readingRanges()).filter(({ worker }) => !this.#killed.has(worker));
  }

  /** Kills that worker without warning, and starts another one. */
  async replaceWorker(pid: number): Promise<void> {
    const worker = this.#processes.worker.find((each) => each.pid === pid);
    if (!worker) throw new Error(`no worker of the lab is the process ${pid}`);
    this.#killed.add(pid);
    this.#killedCpu += await cpuSeconds([pid]);
    await worker.kill();
    await this.startStrata('worker', 'the worker is ready');
  }

  settled(): Promise<void> {
    const { database, worker } = this.#groups;
    return settled([...database, ...worker], this.#bench.options.quick ? 3_000 : 15_000);
  }

  /** Ends its processes and drops all that it made. May be called more than once. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await Promise.all(Object.values(this.#processes).flatMap((children) => children.map((child) => child.stop())));
    await this.#namespace?.close();
    this.#bucket.close();
    this.#sql?.destroy();
    // A server of our own goes with all that it holds.
    if (this.#bench.run.closing && this.#database.program) return;
    await dropDatabases(this.#database.url, this.prefix);
    await rm(this.#bench.run.path('objects', this.#name), { recursive: true, force: true });
  }
}

/** Where a pipeline's files are in the lab's bucket, by its settings. */
function bucketSettings(name: LabPipeline, bucket: string): Readonly<Record<string, string>> {
  if (name !== 'totesys') return { [`${name.toUpperCase()}_SOURCE_URL`]: `s3://${bucket}` };
  return { TOTESYS_INGEST_URL: `s3://${bucket}/ingest`, TOTESYS_PROCESSED_URL: `s3://${bucket}/processed` };
}
