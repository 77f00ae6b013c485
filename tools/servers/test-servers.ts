import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { cacheFolder } from '../programs/cache.js';
import { ProvisionError, type Say } from '../programs/run-program.js';
import { temporalProgram } from '../programs/temporal-program.js';
import { warehouseProgram } from '../programs/warehouse-program.js';
import { commandLine } from '../run/process-table.js';
import type { RunFolder } from '../run/run-folder.js';
import { objectStoreProgram, startObjectStore } from './object-store.js';
import { answers } from './ports.js';
import { startTemporal } from './temporal.js';
import { startWarehouse } from './warehouse.js';

/** The variables by which tests find their servers. */
const testServers = z.object({
  STRATA_TEST_MARIADB_URL: z.url().optional(),
  STRATA_TEST_MYSQL_URL: z.url().optional(),
  STRATA_TEST_S3_URL: z.url(),
  AWS_REGION: z.string(),
  AWS_ACCESS_KEY_ID: z.string(),
  AWS_SECRET_ACCESS_KEY: z.string(),
  STRATA_TEST_TEMPORAL_ADDRESS: z.string(),
  STRATA_TEST_TEMPORAL_BIN: z.string(),
  STRATA_TEST_VERSITYGW_BIN: z.string(),
});
export type TestServers = Readonly<z.infer<typeof testServers>>;

const envFile = () => path.join(cacheFolder(), 'test-servers.env');

/** Starts what the tests run on. */
export async function startTestServers(run: RunFolder, say: Say): Promise<TestServers> {
  const abort = new AbortController();
  run.onClose(() => abort.abort());
  const options = { say, signal: abort.signal };
  const warehouse = await warehouseProgram(options);
  const objectStore = await objectStoreProgram(options);
  if (!objectStore) throw new ProvisionError('The tests need VersityGW: put it on PATH, or install Go 1.24 or later, which builds it.');
  const temporal = await temporalProgram(options);

  const [database, store, server] = await Promise.all([
    startWarehouse(run, { program: warehouse, bufferPool: '1G', maxConnections: 500 }),
    startObjectStore(run, { program: objectStore }),
    startTemporal(run, { program: temporal }),
  ]);
  const { AWS_ENDPOINT_URL_S3: endpoint, ...keys } = store.env;
  const given = process.env.STRATA_TEST_MYSQL_URL;
  say(`${database.productName}, VersityGW and Temporal are up`);
  say(`Temporal Web: ${server.webUrl}`);
  return {
    ...(database.product === 'mariadb' ? { STRATA_TEST_MARIADB_URL: database.url } : { STRATA_TEST_MYSQL_URL: database.url }),
    ...(given ? { STRATA_TEST_MYSQL_URL: given } : {}),
    STRATA_TEST_S3_URL: endpoint,
    ...keys,
    STRATA_TEST_TEMPORAL_ADDRESS: server.address,
    STRATA_TEST_TEMPORAL_BIN: temporal,
    STRATA_TEST_VERSITYGW_BIN: objectStore,
  };
}

/** Lets later `npm test` runs find servers that stay; the file goes with the run. Returns its path. */
export async function announceServers(run: RunFolder, servers: TestServers): Promise<string> {
  const lines = [`# ${process.pid}`, ...Object.entries(servers).map(([name, value]) => `export ${name}='${value}'`)];
  await writeFile(envFile(), `${lines.join('\n')}\n`, { mode: 0o600 });
  run.onClose(async () => {
    if (ownerOf(await announcement()) === process.pid) await rm(envFile(), { force: true });
  });
  return envFile();
}

const announcement = () => readFile(envFile(), 'utf8').catch(() => '');
const ownerOf = (text: string) => Number(/^# (\d+)/.exec(text)?.[1] ?? 0);

/** The servers that `npm run servers` keeps running; undefined when there are none. */
export async function announcedServers(): Promise<TestServers | undefined> {
  const text = await announcement();
  const owner = ownerOf(text);
  if (owner === 0 || !(await commandLine(owner))?.includes('servers')) return undefined;
  const variables = [...text.matchAll(/^export (\w+)='([^']*)'$/gm)].map(([, name, value]) => [name, value]);
  const { data: servers } = testServers.safeParse(Object.fromEntries(variables));
  if (!servers) return undefined;
  const database = servers.STRATA_TEST_MARIADB_URL ?? servers.STRATA_TEST_MYSQL_URL;
  if (database === undefined) return undefined;
  for (const address of [database, servers.STRATA_TEST_S3_URL, `tcp://${servers.STRATA_TEST_TEMPORAL_ADDRESS}`]) {
    const { hostname, port } = new URL(address);
    if (!(await answers(hostname, Number(port)))) return undefined;
  }
  return servers;
}
