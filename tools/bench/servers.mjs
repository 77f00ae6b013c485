import { totalmem } from 'node:os';
import { productAt } from '../servers/greeting.mjs';
import { objectStoreProgram, startObjectStore } from '../servers/object-store.mjs';
import { findProgram, ProvisionError, runProgram } from '../servers/programs.mjs';
import { startTemporal } from '../servers/temporal.mjs';
import { temporalProgram } from '../servers/temporal-program.mjs';
import { startWarehouse } from '../servers/warehouse.mjs';
import { mysqlProgram, warehouseProgram } from '../servers/warehouse-program.mjs';
import { listenerOn } from './processes.mjs';

const gigabyte = 2 ** 30;

/**
 * @typedef {object} Database
 * @property {'mariadb' | 'mysql'} name
 * @property {string} product such as `MariaDB 10.11.19`
 * @property {string} url
 * @property {readonly number[]} pids empty when it is not on this machine
 * @property {string} settings those that a benchmark hangs on, as the server says them
 * @property {import('../servers/warehouse-program.mjs').WarehouseProgram} [program] of a server of our own
 */

/**
 * Servers of the bench's own; a MySQL may be given.
 * @param {import('../servers/run-folder.mjs').RunFolder} run
 * @param {{ wanted?: readonly string[], onlyFirst: boolean, say: (line: string) => void, signal: AbortSignal }} options `wanted` are
 *   names of databases; all that are there when absent, or the first one
 * @returns {Promise<{ databases: Database[], store: Pick<Awaited<ReturnType<typeof startObjectStore>>, 'env' | 'beside'> & { pids: number[] },
 *   temporal: { address: string, pids: number[] }, versions: string[] }>}
 */
export async function benchServers(run, { wanted, onlyFirst, say, signal }) {
  const storeProgram = await objectStoreProgram({ say, signal });
  if (!storeProgram) throw new ProvisionError('The bench needs VersityGW: put it on PATH, or install Go 1.24 or later, which builds it.');
  const temporal = await temporalProgram({ say, signal });
  const plans = await databasePlans({ wanted, onlyFirst, say, signal });
  const [store, server, ...databases] = await Promise.all([
    startObjectStore(run, { program: storeProgram }),
    startTemporal(run, { program: temporal, ui: false }),
    ...plans.map((plan) => plan(run)),
  ]);
  return {
    databases,
    store: { env: store.env, pids: [store.process().pid], beside: store.beside },
    temporal: { address: server.address, pids: [server.process().pid] },
    versions: [
      ...databases.map(({ product }) => product),
      `Temporal ${await versionOf(temporal)}`,
      `VersityGW ${await versionOf(storeProgram)}`,
    ],
  };
}

/** How each database comes about, none of them started yet. */
async function databasePlans({ wanted, onlyFirst, say, signal }) {
  const given = process.env.STRATA_BENCH_MYSQL_URL || process.env.STRATA_TEST_MYSQL_URL;
  const plans = [];
  const wants = (name) => wanted?.includes(name) ?? (!onlyFirst || plans.length === 0);
  if (wants('mariadb')) {
    const program = await warehouseProgram({ say, signal });
    if (program.product === 'mariadb') plans.push((run) => ownDatabase(run, program));
    else if (wanted?.includes('mariadb')) throw new ProvisionError('There is no MariaDB on this machine (--database mariadb).');
  }
  if (wants('mysql')) {
    const program = given ? undefined : await mysqlProgram();
    if (given) plans.push(() => givenDatabase(given));
    else if (program) plans.push((run) => ownDatabase(run, program));
    else if (wanted)
      throw new ProvisionError('There is no MySQL: give STRATA_BENCH_MYSQL_URL=mysql://user:password@host:port, or install mysqld.');
  }
  return plans;
}

async function ownDatabase(run, program) {
  const { product } = program;
  const redo = product === 'mariadb' ? '--innodb-log-file-size=2G' : '--innodb-redo-log-capacity=2G';
  const server = await startWarehouse(run, {
    program,
    name: product,
    bufferPool: bufferPool(),
    settings: [redo, '--innodb-flush-log-at-trx-commit=1'],
  });
  const pids = [server.process().pid];
  return {
    name: product,
    product: nameOf(product, program.version),
    url: server.url,
    pids,
    program,
    settings: await settingsOf(server.url),
  };
}

async function givenDatabase(url) {
  if (!URL.canParse(url)) throw new ProvisionError('STRATA_BENCH_MYSQL_URL is not an address of the form mysql://user:password@host:port.');
  const product = await productAt(url);
  if (!product) throw new ProvisionError(`No database server answers at ${new URL(url).host} (STRATA_BENCH_MYSQL_URL).`);
  const { hostname, port } = new URL(url);
  const pid = ['127.0.0.1', 'localhost', '[::1]'].includes(hostname) ? await listenerOn(Number(port || 3306)) : undefined;
  return { name: 'mysql', product, url, pids: pid === undefined ? [] : [pid], settings: await settingsOf(url) };
}

const nameOf = (product, version) => `${product === 'mariadb' ? 'MariaDB' : 'MySQL'} ${version}`;

/** Half of the memory, between 256 MB and 16 GB: a history of five million rows, with its marts and vault, takes 7 GB. */
function bufferPool() {
  const quarters = Math.floor((totalmem() / 2 / gigabyte) * 4);
  return `${Math.min(64, Math.max(1, quarters)) * 256}M`;
}

async function settingsOf(url) {
  const { createConnection } = await import('mysql2/promise');
  const connection = await createConnection({ uri: url });
  try {
    const names = [
      'innodb_buffer_pool_size',
      'innodb_log_file_size',
      'innodb_redo_log_capacity',
      'innodb_flush_log_at_trx_commit',
      'log_bin',
    ];
    const [rows] = await connection.query('show global variables where variable_name in (?)', [names]);
    const of = Object.fromEntries(rows.map(({ Variable_name: name, Value: value }) => [name, value]));
    const size = (bytes) => `${Number((Number(bytes) / gigabyte).toFixed(2))} GiB`;
    return [
      `buffer pool ${size(of.innodb_buffer_pool_size)}`,
      `redo log ${size(of.innodb_redo_log_capacity ?? of.innodb_log_file_size)}`,
      `flush_log_at_trx_commit ${of.innodb_flush_log_at_trx_commit}`,
      of.log_bin === 'ON' ? 'with a binary log' : 'no binary log',
    ].join(', ');
  } finally {
    await connection.end();
  }
}

/** What the program says of itself, else what Go built it from. */
async function versionOf(program) {
  const { output } = await runProgram(program, ['--version'], { timeoutMs: 10_000 });
  const own = /Server (\d+\.\d+\.\d+)/.exec(output) ?? /(\d+\.\d+\.\d+)/.exec(output);
  if (own) return own[1];
  const go = await findProgram(['go'], ['/usr/local/go/bin']);
  const built = go ? await runProgram(go, ['version', '-m', program], { timeoutMs: 10_000 }) : { output: '' };
  return /^\s+mod\s+\S+\s+v(\S+)/m.exec(built.output)?.[1] ?? 'of an unknown version';
}
