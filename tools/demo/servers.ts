import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { findProgram, ProvisionError, type ProvisionOptions, type Say } from '../programs/run-program.js';
import { temporalProgram } from '../programs/temporal-program.js';
import { type WarehouseProgram, warehouseProgram } from '../programs/warehouse-program.js';
import type { RunFolder } from '../run/run-folder.js';
import { productAt } from '../servers/greeting.js';
import { objectStoreProgram, startObjectStore } from '../servers/object-store.js';
import { startTemporal } from '../servers/temporal.js';
import { startWarehouse } from '../servers/warehouse.js';
import { demoDatabases } from './database.js';
import type { DemoPipeline } from './pipelines.js';
import { type DemoWeb, demoWeb } from './web.js';

/** Where a pipeline reads. */
export interface DemoSource {
  readonly url: string;
  /** Where it is a folder instead of a bucket. */
  readonly folder?: string;
}

export interface DemoServers {
  /** For strata's commands. */
  readonly env: NodeJS.ProcessEnv;
  readonly warehouseUrl: string;
  readonly sources: ReadonlyMap<DemoPipeline, DemoSource>;
  /** Processed buckets. */
  readonly processed: ReadonlyMap<DemoPipeline, DemoSource>;
  readonly names: readonly string[];
  readonly note: string | undefined;
  /** Where Temporal Web is. */
  readonly temporalWeb: string;
  readonly web: DemoWeb;
  /** The command that opens the database. */
  readonly database: string;
  readonly ownTemporal: boolean;
}

interface Part {
  readonly env: NodeJS.ProcessEnv;
  readonly name: string;
}

type Database = Part & { readonly url: string; readonly command: string };
/** `name`: the folder's, where there is no S3 server. */
type Store = Part & { readonly placeOf: (bucket: string, name: string) => DemoSource; readonly note?: string };
type Temporal = Part & { readonly web: string };

const bucketOf = (bucket: string): DemoSource => ({ url: `s3://${bucket}` });
const without = (env: NodeJS.ProcessEnv, pattern: RegExp) =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !pattern.test(name)));

/** The variables that name servers, which are then used instead of servers of our own. */
const givenServers = { STRATA_MYSQL_URL: 'database', AWS_ENDPOINT_URL_S3: 'S3 server', TEMPORAL_ADDRESS: 'Temporal' };

/** What to know before it starts where the environment names servers, such as those of another demo; undefined where it names none. */
export function sharedServersNote(env: NodeJS.ProcessEnv): string | undefined {
  const given = Object.entries(givenServers).filter(([name]) => env[name]);
  if (given.length === 0) return undefined;
  const which = given.map(([name, server]) => `${server} (${name})`).join(', ');
  const whose = env.STRATA_TASK_QUEUE?.startsWith(demoQueue)
    ? 'of another demo, whose settings this terminal has'
    : 'that the environment names';
  return `It uses servers ${whose}: ${which}. Its rows are added to theirs. For servers of its own, start it in a new terminal.`;
}

const demoQueue = 'strata-demo-';

/** Every server of the demo: the environment's, or one of our own. */
export async function demoServers(
  run: RunFolder,
  pipelines: readonly DemoPipeline[],
  { say, hint, signal }: ProvisionOptions & { readonly hint: Say },
): Promise<DemoServers> {
  const given = process.env;
  // Programs first, one after the other (building one takes all processors), then the servers side by side.
  const warehouse = given.STRATA_MYSQL_URL ? undefined : await warehouseProgram({ say, signal });
  const storeProgram = given.AWS_ENDPOINT_URL_S3 ? undefined : await objectStoreProgram({ say, signal });
  const temporal = given.TEMPORAL_ADDRESS ? undefined : await temporalProgram({ say, signal });
  hint('starting');
  const extracted = await demoDatabases(run, pipelines, { say, signal });
  const web = await demoWeb(run, pipelines);
  const [database, store, server] = await Promise.all([
    warehouse ? ownWarehouse(run, warehouse) : givenWarehouse(given.STRATA_MYSQL_URL ?? ''),
    given.AWS_ENDPOINT_URL_S3 ? givenStore(given.AWS_ENDPOINT_URL_S3) : storeProgram ? ownStore(run, storeProgram) : folderStore(run),
    temporal ? ownTemporal(run, temporal) : givenTemporal(given.TEMPORAL_ADDRESS ?? ''),
  ]);
  // Settings of other environments must not mix with those of servers that are ours.
  let env: NodeJS.ProcessEnv = { ...given };
  if (warehouse) env = without(env, /^STRATA_(?!LOG)/);
  if (!given.AWS_ENDPOINT_URL_S3) env = without(env, /^AWS_/);
  if (temporal) env = without(env, /^TEMPORAL_/);
  const sources = new Map(pipelines.map((pipeline) => [pipeline, store.placeOf(pipeline.bucket, `source-${pipeline.definition.name}`)]));
  const processed = new Map(
    pipelines.flatMap((pipeline) =>
      pipeline.processedBucket === undefined
        ? []
        : [[pipeline, store.placeOf(pipeline.processedBucket, `processed-${pipeline.definition.name}`)] as const],
    ),
  );
  for (const { folder } of [...sources.values(), ...processed.values()]) if (folder !== undefined) await mkdir(folder, { recursive: true });
  return {
    env: {
      ...env,
      ...database.env,
      ...store.env,
      ...server.env,
      ...extracted.env,
      ...web.env,
      ...Object.fromEntries([...sources].map(([{ definition }, { url }]) => [definition.sourceSetting, url])),
      ...Object.fromEntries([...processed].map(([{ definition }, { url }]) => [definition.processed?.into, url])),
      STRATA_PIPELINES: pipelines.map(({ definition }) => definition.name).join(),
      // Other workers on the same Temporal server must not take this demo's work.
      STRATA_TASK_QUEUE: `${demoQueue}${run.id}`,
      STRATA_LOG_FORMAT: given.STRATA_LOG_FORMAT ?? 'text',
      STRATA_SHUTDOWN_GRACE_SECONDS: '3',
      // The SDK warns of Node 20 at every start; a demo does not care which Node runs it.
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
    warehouseUrl: database.url,
    sources,
    processed,
    names: [...extracted.names, database.name, store.name, server.name],
    note: store.note,
    temporalWeb: server.web,
    web,
    database: database.command,
    ownTemporal: temporal !== undefined,
  };
}

async function ownWarehouse(run: RunFolder, program: WarehouseProgram): Promise<Database> {
  const server = await startWarehouse(run, { program, bufferPool: '256M' });
  const installed = await findProgram(['mariadb', 'mysql']);
  const client = installed ? path.basename(installed) : (program.client ?? 'mysql');
  return {
    env: server.env,
    name: server.productName,
    url: server.url,
    command: `${client} -h127.0.0.1 -P${server.port} -ustrata -p${server.password} bus`,
  };
}

async function givenWarehouse(url: string): Promise<Database> {
  if (!URL.canParse(url)) throw new ProvisionError('STRATA_MYSQL_URL is not an address of the form mysql://user:password@host:port.');
  const product = await productAt(url);
  if (!product) throw new ProvisionError(`No database server answers at ${new URL(url).host} (STRATA_MYSQL_URL).`);
  const { hostname, port, username } = new URL(url);
  return {
    env: {},
    name: product,
    url,
    command: `mysql --host=${hostname} --port=${port || 3306} --user=${username} --password ${process.env.STRATA_SCHEMA_PREFIX ?? ''}bus`,
  };
}

async function ownStore(run: RunFolder, program: string): Promise<Store> {
  const { env } = await startObjectStore(run, { program });
  return { env, placeOf: bucketOf, name: 'VersityGW' };
}

const givenStore = (endpoint: string): Store => ({ env: {}, placeOf: bucketOf, name: `S3 at ${endpoint}` });

function folderStore(run: RunFolder): Store {
  return {
    env: {},
    placeOf: (_bucket, name) => {
      const folder = run.path(name);
      return { url: pathToFileURL(folder).href, folder };
    },
    name: 'a folder',
    note: 'No S3 server here (VersityGW is not on PATH, and there is no Go to build it): the files go through a file:// folder.',
  };
}

async function ownTemporal(run: RunFolder, program: string): Promise<Temporal> {
  const server = await startTemporal(run, { program });
  // No such file: the settings for Temporal in the home folder must not count.
  const settings = { TEMPORAL_NAMESPACE: 'default', TEMPORAL_CONFIG_FILE: run.path('temporal.toml') };
  return { env: { ...server.env, ...settings }, name: 'Temporal', web: server.webUrl };
}

const givenTemporal = (address: string): Temporal => ({ env: {}, name: 'Temporal', web: `Temporal at ${address}` });
