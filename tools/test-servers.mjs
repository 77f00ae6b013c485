import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder } from './servers/cache.mjs';
import { objectStoreProgram, startObjectStore } from './servers/object-store.mjs';
import { answers } from './servers/ports.mjs';
import { ProvisionError } from './servers/programs.mjs';
import { commandLine } from './servers/process-table.mjs';
import { startTemporal } from './servers/temporal.mjs';
import { temporalProgram } from './servers/temporal-program.mjs';
import { startWarehouse } from './servers/warehouse.mjs';
import { warehouseProgram } from './servers/warehouse-program.mjs';

const envFile = () => path.join(cacheFolder(), 'test-servers.env');

/**
 * Starts what the tests run on.
 * @param {import('./servers/run-folder.mjs').RunFolder} run
 * @param {(line: string) => void} say
 * @returns {Promise<Record<string, string>>} the variables by which tests find the servers
 */
export async function startTestServers(run, say) {
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
  say(`${database.product === 'mariadb' ? 'MariaDB' : 'MySQL'} ${database.version}, VersityGW and Temporal are up`);
  say(`Temporal Web: ${server.uiUrl}`);
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

/** Tells later `npm test` runs of servers that stay; the file goes with the run. Returns its path. */
export async function announceServers(run, env) {
  const lines = [`# ${process.pid}`, ...Object.entries(env).map(([name, value]) => `export ${name}='${value}'`)];
  await writeFile(envFile(), `${lines.join('\n')}\n`, { mode: 0o600 });
  run.onClose(async () => {
    const owner = /^# (\d+)/.exec(await readFile(envFile(), 'utf8').catch(() => ''))?.[1];
    if (owner === String(process.pid)) await rm(envFile(), { force: true });
  });
  return envFile();
}

/** The variables of servers that `npm run servers` keeps running; undefined when there are none. */
export async function announcedServers() {
  const text = await readFile(envFile(), 'utf8').catch(() => '');
  const env = Object.fromEntries([...text.matchAll(/^export (\w+)='([^']*)'$/gm)].map((match) => [match[1], match[2]]));
  const owner = /^# (\d+)/.exec(text)?.[1];
  if (!owner || !(await commandLine(owner))?.includes('servers.mjs')) return undefined;
  const addresses = [
    env.STRATA_TEST_MARIADB_URL ?? env.STRATA_TEST_MYSQL_URL,
    env.STRATA_TEST_S3_URL,
    `tcp://${env.STRATA_TEST_TEMPORAL_ADDRESS}`,
  ];
  for (const address of addresses) {
    const { hostname, port } = new URL(address);
    if (!(await answers(hostname, Number(port)))) return undefined;
  }
  return env;
}
