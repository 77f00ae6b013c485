import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { closableCalls } from '../../../src/connectors/temporal/closable-calls.js';
import { signalArrivals } from '../../../src/connectors/temporal/signal-arrivals.js';
import { registerSearchAttributes } from '../../../src/connectors/temporal/search-attributes.js';
import { migrate } from '../../../src/gear/migrate/migrate.js';
import { openWarehouse } from '../../../src/connectors/mysql/warehouse.js';
import { readMigrations } from '../../../src/config/read-migrations.js';
import { arrivalSignals, workflowIds, workflowTypes } from '../../../src/contracts/names.js';
import type { PickupCounts, RunReport } from '../../../src/contracts/workflows.js';
import type { CompiledPipeline } from '../../../src/engine/compiled-pipeline.js';
import type { PipelineDefinition } from '../../../src/engine/definition/types.js';
import { warehouseSchema } from '../../../src/engine/schema/warehouse-schema.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import { createTestBucket, type TestBucket } from '../../connectors/s3/test-bucket.js';
import { startHttpProxy, type HttpProxy } from '../../support/proxies/http-proxy.js';
import { compileEastrock, compileFile, root } from '../../support/mart-warehouse.js';
import { startMysqlProxy, type MysqlProxy } from '../../support/proxies/mysql-proxy.js';
import { freshPrefix, objectStore, temporal } from '../../support/servers/servers.js';
import { StrataProcess } from '../../support/strata-process.js';

const pipelineName = 'eastrock';

export interface LabOptions {
  /** Of the database server. */
  readonly url: string;
  readonly chunkBytes?: number;
  /** Files of twice this are landed in ranges. */
  readonly rangeBytes?: number;
  /** host:port of a Temporal server of the test's own. */
  readonly temporalAddress?: string;
  /** Workers reach the servers without the proxies: for tests of much data. */
  readonly direct?: boolean;
  /** What becomes of files, where they are not deleted at once. */
  readonly release?: Pick<PipelineDefinition, 'release' | 'releaseAfter'>;
}

/** The whole of Strata with everything of its own but the servers: schemas, bucket, Temporal namespace, proxies, worker processes. */
export class Lab {
  private readonly workers: StrataProcess[] = [];
  private fail: (error: unknown) => void = () => undefined;
  private readonly broken = new Promise<never>((_resolve, reject) => (this.fail = reject));

  private constructor(
    private readonly settings: Readonly<Record<string, string>>,
    /** Past the proxy. */
    readonly warehouse: Warehouse,
    readonly pipeline: CompiledPipeline,
    readonly prefix: string,
    readonly bucket: TestBucket,
    readonly mysql: MysqlProxy,
    readonly s3: HttpProxy,
    readonly client: Client,
    private readonly folder: string,
  ) {
    this.broken.catch(() => undefined);
  }

  static async open({
    url,
    chunkBytes = 1_000,
    rangeBytes,
    temporalAddress = temporal.address,
    direct = false,
    release = {},
  }: LabOptions): Promise<Lab> {
    const prefix = freshPrefix();
    const folder = await mkdtemp(join(tmpdir(), 'strata-lab-'));
    const definition = join(folder, 'eastrock.json');
    const base = (await compileEastrock()).definition;
    await symlink(join(root, base.sqlFolder), join(folder, 'sql'));
    await writeFile(definition, JSON.stringify({ ...base, ...release, sqlFolder: 'sql' }));
    const pipeline = await compileFile(definition);
    const warehouse = openWarehouse({ url, prefix, connections: 4 });
    const [bucket, mysql, s3, client] = await Promise.all([
      createTestBucket(),
      startMysqlProxy(url),
      startHttpProxy(objectStore.endpoint),
      openNamespace(temporalAddress, `kill-${randomBytes(4).toString('hex')}`),
    ]);
    await migrate(warehouse, prefix, warehouseSchema([pipeline], await readMigrations()));
    const settings = {
      STRATA_LOG_LEVEL: 'warn',
      STRATA_MYSQL_URL: direct ? url : mysql.url,
      STRATA_SCHEMA_PREFIX: prefix,
      STRATA_PIPELINES: definition,
      STRATA_CHUNK_BYTES: String(chunkBytes),
      ...(rangeBytes === undefined ? {} : { STRATA_RANGE_BYTES: String(rangeBytes) }),
      EASTROCK_SOURCE_URL: `s3://${bucket.bucket}`,
      AWS_ENDPOINT_URL_S3: direct ? objectStore.endpoint : s3.endpoint,
      AWS_REGION: objectStore.region,
      AWS_ACCESS_KEY_ID: objectStore.accessKeyId,
      AWS_SECRET_ACCESS_KEY: objectStore.secretAccessKey,
      TEMPORAL_ADDRESS: temporalAddress,
      TEMPORAL_NAMESPACE: client.options.namespace,
    };
    return new Lab(settings, warehouse, pipeline, prefix, bucket, mysql, s3, client, folder);
  }

  startWorker(settings: Readonly<Record<string, string>> = {}): StrataProcess {
    const worker = StrataProcess.start(['worker'], { STRATA_LOG_FORMAT: 'text', ...this.settings, ...settings });
    this.workers.push(worker);
    worker.failed().catch(this.fail);
    return worker;
  }

  /** Every worker dies at once; a new one takes over. */
  async replaceWorkers(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.kill()));
    this.startWorker();
  }

  /** What the workers wrote, for whoever has to find out what went wrong. */
  get output(): string {
    return this.workers.map(({ output }) => output).join('\n---\n');
  }

  /** The whole job once: every file that is in the bucket reaches bus. */
  async run(): Promise<RunReport> {
    return this.execute<RunReport>(workflowTypes.run, workflowIds.run(pipelineName), { pipeline: pipelineName });
  }

  /** Lands what is in the bucket, nothing more. */
  async pickup(feed: string): Promise<PickupCounts> {
    return this.execute<PickupCounts>(workflowTypes.pickup, workflowIds.pickup(pipelineName, feed), {
      pipeline: pipelineName,
      feed,
      source: { kind: 'feed' },
      starter: { kind: 'run', progress: { workflowId: 'nobody' } },
    });
  }

  /** What events do: tells that files have arrived, and waits until all of it is in bus and vault. */
  async follow(feeds: readonly string[]): Promise<RunReport> {
    await signalArrivals(this.client, 'strata', pipelineName, arrivalSignals.arrived, feeds);
    return Promise.race([this.client.workflow.getHandle(workflowIds.arrivals(pipelineName)).result() as Promise<RunReport>, this.broken]);
  }

  async execute<Result>(type: string, workflowId: string, input: object): Promise<Result> {
    const options = { taskQueue: 'strata', workflowId, args: [input], workflowExecutionTimeout: '70 minutes' } as const;
    return Promise.race([this.client.workflow.execute(type, options) as Promise<Result>, this.broken]);
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.kill()));
    await Promise.all([this.mysql.close(), this.s3.close(), this.warehouse.close(), this.client.connection.close(), this.bucket.drop()]);
    await rm(this.folder, { recursive: true });
  }
}

/** Workflow ids repeat from lab to lab, so each has a namespace. */
async function openNamespace(address: string, namespace: string): Promise<Client> {
  const connection = await Connection.connect({ address, interceptors: closableCalls });
  await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: { seconds: 24 * 3600 } as never });
  const client = new Client({ connection, namespace });
  // Servers learn of a namespace within seconds.
  for (let tries = 1; ; tries += 1) {
    try {
      await registerSearchAttributes(client);
      await client.workflow.count();
      return client;
    } catch (error) {
      if (tries === 60) throw error;
      await sleep(500);
    }
  }
}
