import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { productAt } from '../servers/greeting.mjs';
import { objectStoreProgram, startObjectStore } from '../servers/object-store.mjs';
import { findProgram, ProvisionError } from '../servers/programs.mjs';
import { startTemporal } from '../servers/temporal.mjs';
import { temporalProgram } from '../servers/temporal-program.mjs';
import { startWarehouse } from '../servers/warehouse.mjs';
import { warehouseProgram } from '../servers/warehouse-program.mjs';

const bucket = 'eastrockvalley-test';
const without = (env, pattern) => Object.fromEntries(Object.entries(env).filter(([name]) => !pattern.test(name)));

/**
 * Every server of the demo: the environment's, or one of our own.
 * @returns {Promise<{ env: NodeJS.ProcessEnv, names: string[], note?: string, folder?: string, web: string, database: string,
 *   ownTemporal: boolean }>} `env` is for strata's commands; `folder` is set when the source is a folder instead of a bucket
 */
export async function demoServers(run, { say, hint, signal }) {
  const given = process.env;
  // Programs first, one after the other (building one takes all processors), then the servers side by side.
  const warehouse = given.STRATA_MYSQL_URL ? undefined : await warehouseProgram({ say, signal });
  const storeProgram = given.AWS_ENDPOINT_URL_S3 ? undefined : await objectStoreProgram({ say, signal });
  const temporal = given.TEMPORAL_ADDRESS ? undefined : await temporalProgram({ say, signal });
  hint('starting');
  const [database, store, server] = await Promise.all([
    warehouse ? ownWarehouse(run, warehouse) : givenWarehouse(given.STRATA_MYSQL_URL),
    given.AWS_ENDPOINT_URL_S3 ? givenStore(given.AWS_ENDPOINT_URL_S3) : storeProgram ? ownStore(run, storeProgram) : folderStore(run),
    temporal ? ownTemporal(run, temporal) : { env: {}, name: 'Temporal', web: `Temporal at ${given.TEMPORAL_ADDRESS}` },
  ]);
  // Settings of other environments must not mix with those of servers that are ours.
  let env = { ...given };
  if (warehouse) env = without(env, /^STRATA_(?!LOG)/);
  if (!given.AWS_ENDPOINT_URL_S3) env = without(env, /^AWS_/);
  if (temporal) env = without(env, /^TEMPORAL_/);
  return {
    env: {
      ...env,
      ...database.env,
      ...store.env,
      ...server.env,
      // Other workers on the same Temporal server must not take this demo's work.
      STRATA_TASK_QUEUE: `strata-demo-${run.id}`,
      STRATA_LOG_FORMAT: given.STRATA_LOG_FORMAT ?? 'text',
      STRATA_SHUTDOWN_GRACE_SECONDS: '3',
      // The SDK warns of Node 20 at every start; which Node to use is no question of a demo.
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
    names: [database.name, store.name, server.name],
    note: store.note,
    folder: store.folder,
    web: server.web,
    database: database.address,
    ownTemporal: temporal !== undefined,
  };
}

async function ownWarehouse(run, program) {
  const server = await startWarehouse(run, { program, bufferPool: '256M' });
  const installed = await findProgram(['mariadb', 'mysql']);
  const client = installed ? path.basename(installed) : (program.client ?? 'mysql');
  return {
    env: server.env,
    name: `${server.product === 'mariadb' ? 'MariaDB' : 'MySQL'} ${server.version}`,
    address: `${client} --host=127.0.0.1 --port=${server.port} --user=strata --password=${server.password} bus`,
  };
}

async function givenWarehouse(url) {
  if (!URL.canParse(url)) throw new ProvisionError('STRATA_MYSQL_URL is not an address of the form mysql://user:password@host:port.');
  const product = await productAt(url);
  if (!product) throw new ProvisionError(`No database server answers at ${new URL(url).host} (STRATA_MYSQL_URL).`);
  const { hostname, port, username } = new URL(url);
  return {
    env: {},
    name: product,
    address: `mysql --host=${hostname} --port=${port || 3306} --user=${username} --password ${process.env.STRATA_SCHEMA_PREFIX ?? ''}bus`,
  };
}

async function ownStore(run, program) {
  const { env } = await startObjectStore(run, { program });
  return { env: { ...env, EASTROCK_SOURCE_URL: `s3://${bucket}` }, name: 'VersityGW' };
}

function givenStore(endpoint) {
  return { env: { EASTROCK_SOURCE_URL: `s3://${bucket}` }, name: `S3 at ${endpoint}` };
}

async function folderStore(run) {
  const folder = run.path('source');
  await mkdir(folder, { recursive: true });
  return {
    env: { EASTROCK_SOURCE_URL: pathToFileURL(folder).href },
    name: 'a folder',
    note: 'No S3 server here (VersityGW is not on PATH, and there is no Go to build it): the files go through a file:// folder.',
    folder,
  };
}

async function ownTemporal(run, program) {
  const server = await startTemporal(run, { program });
  // No such file: the settings for Temporal in the home folder must not count.
  return {
    env: { ...server.env, TEMPORAL_NAMESPACE: 'default', TEMPORAL_CONFIG_FILE: run.path('temporal.toml') },
    name: 'Temporal',
    web: server.uiUrl,
  };
}
