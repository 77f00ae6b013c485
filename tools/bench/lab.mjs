import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { projectFolder } from '../project.mjs';
import { startProcess } from '../servers/process.mjs';
import { lastLines, ProvisionError, runProgram } from '../servers/programs.mjs';
import { gamesHeader, paymentsHeader, usersHeader } from './games.mjs';
import { executionsOf } from './history.mjs';
import { measure, settled } from './meter.mjs';

const strata = path.join(projectFolder, 'bin', 'strata.js');
export const pipeline = 'eastrock';

/**
 * The whole of Strata as it is run in production, with schemas, a bucket and a Temporal namespace of its own: the built
 * program in worker processes, driven from outside by files and workflows.
 */
export class Lab {
  #bench;
  #database;
  #name;
  #env;
  #client;
  #s3 = new Map();
  #sql;
  /** By the name of what they do. */
  #processes = { worker: [], serve: [], store: [] };

  /**
   * @param {import('./context.mjs').Bench} bench
   * @param {{ database?: import('./servers.mjs').Database, env?: Record<string, string>, workers?: number, warm?: boolean }} [options]
   *   `env` are settings of its workers; it is warm when every activity ran once, on files without rows
   */
  static async open(bench, { database = bench.database, env = {}, workers = 1, warm = true } = {}) {
    const lab = new Lab(bench, database, env);
    bench.run.throwIfClosing();
    bench.onEnd(lab);
    await lab.#make();
    await lab.#startWorkers(workers);
    if (warm) await lab.#warmUp();
    return lab;
  }

  constructor(bench, database, env) {
    this.#bench = bench;
    this.#database = database;
    this.#name = `bench-${randomBytes(4).toString('hex')}`;
    const { PATH, HOME } = process.env;
    this.#env = {
      ...{
        PATH,
        HOME,
        TEMPORAL_CONFIG_FILE: bench.run.path('temporal.toml'),
        STRATA_LOG_FORMAT: 'json',
        STRATA_SHUTDOWN_GRACE_SECONDS: '2',
      },
      ...{ TEMPORAL_ADDRESS: bench.servers.temporal.address, TEMPORAL_NAMESPACE: this.#name },
      ...{ STRATA_MYSQL_URL: database.url, STRATA_SCHEMA_PREFIX: this.prefix },
      ...{
        ...bench.servers.store.env,
        EASTROCK_SOURCE_URL: `s3://${this.#name}`,
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      },
      ...{ ...bench.options.workerEnv, ...env },
    };
  }

  /** Put before the names of its schemas. */
  get prefix() {
    return `${this.#name.replace('-', '_')}_`;
  }

  get bucket() {
    return this.#name;
  }

  /** Processes by name, for `measure`. */
  get processes() {
    const { store, temporal } = this.#bench.servers;
    const own = (name) => this.#processes[name].map(({ pid }) => pid);
    return {
      database: this.#database.pids,
      worker: own('worker'),
      serve: own('serve'),
      store: [...store.pids, ...own('store')],
      temporal: temporal.pids,
    };
  }

  /** Ends a process with the lab, and measures it with those of that name. */
  own(name, child) {
    this.#processes[name].push(child);
  }

  async #make() {
    // The SDK warns of Node 20 at every start; which Node to use is no question of a bench.
    process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
    const [{ Client, Connection }, { closableCalls }, { CreateBucketCommand }, { createConnection }] = await Promise.all([
      import('@temporalio/client'),
      import('../../dist/connectors/temporal/closable-calls.js'),
      import('@aws-sdk/client-s3'),
      import('mysql2/promise'),
    ]);
    // Ctrl-C closes it in the middle of calls.
    const connection = await Connection.connect({ address: this.#env.TEMPORAL_ADDRESS, interceptors: closableCalls });
    this.#client = new Client({ connection, namespace: this.#name });
    await connection.workflowService.registerNamespace({ namespace: this.#name, workflowExecutionRetentionPeriod: { seconds: 86_400 } });
    await (await this.#clientOf()).send(new CreateBucketCommand({ Bucket: this.bucket }));
    this.#sql = await createConnection({ uri: this.#database.url, dateStrings: true, timezone: 'Z', supportBigNumbers: true });
    // A server learns of a namespace within seconds.
    for (let tries = 1; ; tries++) {
      try {
        await this.#client.workflow.count();
        break;
      } catch (error) {
        if (tries === 100) throw error;
        await sleep(200);
      }
    }
    await this.strata('migrate');
  }

  /** Runs one of strata's commands; fails with what it said. */
  async strata(...args) {
    const { code, output, stdout } = await runProgram(process.execPath, [strata, ...args], {
      env: this.#env,
      cwd: projectFolder,
      signal: this.#bench.signal,
    });
    this.#bench.run.throwIfClosing();
    if (code !== 0) throw new ProvisionError(`strata ${args.join(' ')} failed:\n${lastLines(output, 20)}`);
    return stdout;
  }

  /** `worker` or `serve`, ended with the lab. `ready` is what its log says once it serves. */
  async startStrata(command, ready, env = {}) {
    const { run } = this.#bench;
    const name = `${command}-${randomBytes(3).toString('hex')}`;
    const child = await startProcess(run, {
      name: `strata ${command}`,
      command: process.execPath,
      // The folder in the command line shows later whose process it is; Node would write its diagnostic reports there.
      args: [`--diagnostic-dir=${run.folder}`, strata, command],
      env: { ...this.#env, ...env },
      cwd: projectFolder,
      logFile: run.path(`${name}.log`),
    });
    await child.waitUntil(async () => (await child.output()).includes(ready));
    this.own(command, child);
  }

  async #startWorkers(count) {
    await Promise.all(Array.from({ length: count }, () => this.startStrata('worker', 'the worker is ready')));
  }

  async #warmUp() {
    const headers = { games: gamesHeader, users: usersHeader, payments: paymentsHeader };
    for (const [feed, header] of Object.entries(headers)) await this.put(`${feed}-warm.csv`, `${header}\n`);
    await this.run();
  }

  /** Of the store, or of another gateway to it. */
  async #clientOf(endpoint = this.#env.AWS_ENDPOINT_URL_S3) {
    const { S3Client } = await import('@aws-sdk/client-s3');
    if (!this.#s3.has(endpoint)) {
      const client = new S3Client({
        endpoint,
        region: this.#env.AWS_REGION,
        forcePathStyle: true,
        requestChecksumCalculation: 'WHEN_REQUIRED',
        credentials: { accessKeyId: this.#env.AWS_ACCESS_KEY_ID, secretAccessKey: this.#env.AWS_SECRET_ACCESS_KEY },
      });
      this.#s3.set(endpoint, client);
    }
    return this.#s3.get(endpoint);
  }

  /** Puts an object: a text, or a file `{ path }`; at another endpoint of the store, where one is named. */
  async put(key, content, endpoint) {
    const { PutObjectCommand } = await import('@aws-sdk/client-s3');
    const body =
      typeof content === 'string'
        ? { Body: content }
        : { Body: createReadStream(content.path), ContentLength: (await stat(content.path)).size };
    await (await this.#clientOf(endpoint)).send(new PutObjectCommand({ Bucket: this.bucket, Key: key, ...body }));
  }

  /** Puts an object of any size from blocks, in parts of 16 MB. */
  async stream(key, blocks) {
    const [{ Upload }, { Readable }] = await Promise.all([import('@aws-sdk/lib-storage'), import('node:stream')]);
    const params = { Bucket: this.bucket, Key: key, Body: Readable.from(blocks, { objectMode: false }) };
    await new Upload({ client: await this.#clientOf(), params, partSize: 16 << 20 }).done();
  }

  /** Rows of a query; `{gear}` and the like stand for the lab's schemas. */
  async query(sql, values) {
    const [rows] = await this.#sql.query(sql.replace(/\{(\w+)\}/g, `\`${this.prefix}$1\``), values);
    return rows;
  }

  /** Everything that is in the bucket to bus and vault, as `strata run` does it. */
  run() {
    return this.execute('runPipeline', `${pipeline}/run`, { pipeline });
  }

  /** Lands what is in the bucket of one feed, nothing more. */
  pickup(feed) {
    return this.execute('pickupFeed', `${pipeline}/${feed}/pickup`, { pipeline, feed, wait: true });
  }

  /** Runs a workflow to its end; one of that id that runs already is waited for instead, as `strata run` does. */
  async execute(type, workflowId, input) {
    const options = { taskQueue: 'strata', workflowId, args: [input], workflowIdConflictPolicy: 'USE_EXISTING' };
    const handle = await this.#client.workflow.start(type, options);
    const lost = this.#processes.worker.map(async (worker) => {
      const how = await worker.ended;
      this.#bench.run.throwIfClosing();
      throw new ProvisionError(`A worker ended (${how}); its last lines:\n${lastLines(await worker.output(), 20)}`);
    });
    for (const worker of lost) worker.catch(() => undefined);
    const result = await Promise.race([handle.result(), ...lost]).catch((error) => {
      throw error instanceof ProvisionError ? error : new Error(`${workflowId} failed: ${messageOf(error)}`, { cause: error });
    });
    return { workflowId, runId: handle.firstExecutionRunId, result };
  }

  /** Waits for the end of a workflow that something else started; one that the server does not know has ended. */
  async ended(workflowId) {
    const handle = this.#client.workflow.getHandle(workflowId);
    await handle.result().catch((error) => {
      if (error.name !== 'WorkflowNotFoundError') throw new Error(`${workflowId} failed: ${messageOf(error)}`, { cause: error });
    });
  }

  /** The histories of what `execute` ran. */
  executions({ workflowId, runId }) {
    return executionsOf(this.#client, workflowId, runId);
  }

  /** Runs `work` while all servers and workers are measured. */
  measure(work) {
    return measure(this.processes, work);
  }

  settled() {
    return settled([...this.#database.pids, ...this.processes.worker], this.#bench.options.quick ? 3_000 : 15_000);
  }

  /** Ends its processes and drops all that it made. May be called more than once. */
  close() {
    this.closed ??= this.#close();
    return this.closed;
  }

  async #close() {
    await Promise.all(Object.values(this.#processes).flatMap((children) => children.map((child) => child.stop())));
    await this.#client?.connection.close();
    for (const client of this.#s3.values()) client.destroy();
    this.#sql?.destroy();
    // A server of our own goes with all that it holds.
    if (this.#bench.run.closing && this.#database.program) return;
    await dropDatabases(this.#database.url, this.prefix);
    await rm(this.#bench.run.path('objects', this.bucket), { recursive: true, force: true });
  }
}

async function dropDatabases(url, prefix) {
  const { createConnection } = await import('mysql2/promise');
  const connection = await createConnection({ uri: url, rowsAsArray: true });
  try {
    const [rows] = await connection.query('show databases');
    for (const [name] of rows) if (name.startsWith(prefix)) await connection.query('drop database ??', [name]);
  } finally {
    await connection.end();
  }
}

/** The innermost message: Temporal wraps what failed. */
function messageOf(error) {
  return error.cause instanceof Error ? messageOf(error.cause) : error.message;
}
