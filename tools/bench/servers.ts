import { totalmem } from 'node:os';
import type { RunFolder } from '../run/run-folder.js';
import { productAt } from '../servers/greeting.js';
import { type ObjectStore, objectStoreProgram, startObjectStore } from '../servers/object-store.js';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { findProgram, ProvisionError, type ProvisionOptions, runProgram } from '../programs/run-program.js';
import { startTemporal } from '../servers/temporal.js';
import { temporalProgram } from '../programs/temporal-program.js';
import { startWarehouse } from '../servers/warehouse.js';
import { mysqlProgram, type Product, type WarehouseProgram, warehouseProgram } from '../programs/warehouse-program.js';
import { listenerOn } from './measure/processes.js';

const gigabyte = 2 ** 30;

export interface Database {
  readonly name: Product;
  /** Such as `MariaDB 10.11.19`. */
  readonly product: string;
  readonly url: string;
  /** Empty when it is not on this machine. */
  readonly pids: readonly number[];
  /** Those that a benchmark hangs on, as the server says them. */
  readonly settings: string;
  /** Of a server of our own. */
  readonly program?: WarehouseProgram;
}

export interface BenchServers {
  readonly databases: readonly [Database, ...Database[]];
  readonly store: Pick<ObjectStore, 'env' | 'beside'> & { readonly pids: readonly number[] };
  readonly temporal: { readonly address: string; readonly pids: readonly number[] };
  readonly versions: readonly string[];
}

interface BenchServersOptions extends ProvisionOptions {
  /** Names of databases; all that are there when absent, or the first one. */
  readonly wanted: readonly Product[] | undefined;
  readonly onlyFirst: boolean;
}

/** Servers of the bench's own; a MySQL may be given. */
export async function benchServers(run: RunFolder, { wanted, onlyFirst, say, signal }: BenchServersOptions): Promise<BenchServers> {
  const storeProgram = await objectStoreProgram({ say, signal });
  if (!storeProgram) throw new ProvisionError('The bench needs VersityGW: put it on PATH, or install Go 1.24 or later, which builds it.');
  const temporal = await temporalProgram({ say, signal });
  const plans = await databasePlans({ wanted, onlyFirst, say, signal });
  const [store, server, [first, ...others]] = await Promise.all([
    startObjectStore(run, { program: storeProgram }),
    startTemporal(run, { program: temporal, web: false }),
    Promise.all(plans.map((plan) => plan(run))),
  ]);
  if (!first) throw new ProvisionError('There is no database to measure on: give --database the name of one that is on this machine.');
  const databases = [first, ...others] as const;
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

type DatabasePlan = (run: RunFolder) => Promise<Database>;

/** How each database comes about, none of them started yet. */
async function databasePlans({ wanted, onlyFirst, say, signal }: BenchServersOptions): Promise<DatabasePlan[]> {
  const given = process.env.STRATA_BENCH_MYSQL_URL || process.env.STRATA_TEST_MYSQL_URL;
  const plans: DatabasePlan[] = [];
  const wants = (name: Product) => wanted?.includes(name) ?? (!onlyFirst || plans.length === 0);
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

async function ownDatabase(run: RunFolder, program: WarehouseProgram): Promise<Database> {
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
    product: server.productName,
    url: server.url,
    pids,
    program,
    settings: await settingsOf(server.url),
  };
}

async function givenDatabase(url: string): Promise<Database> {
  if (!URL.canParse(url)) throw new ProvisionError('STRATA_BENCH_MYSQL_URL is not an address of the form mysql://user:password@host:port.');
  const product = await productAt(url);
  if (!product) throw new ProvisionError(`No database server answers at ${new URL(url).host} (STRATA_BENCH_MYSQL_URL).`);
  const { hostname, port } = new URL(url);
  const pid = ['127.0.0.1', 'localhost', '[::1]'].includes(hostname) ? await listenerOn(Number(port || 3306)) : undefined;
  return { name: 'mysql', product, url, pids: pid === undefined ? [] : [pid], settings: await settingsOf(url) };
}

/** Half of the memory, between 256 MB and 16 GB: a history of five million rows, with its marts and vault, takes 7 GB. */
function bufferPool(): string {
  const quarters = Math.floor((totalmem() / 2 / gigabyte) * 4);
  return `${Math.min(64, Math.max(1, quarters)) * 256}M`;
}

async function settingsOf(url: string): Promise<string> {
  const connection = await createConnection({ uri: url });
  try {
    const names = [
      'innodb_buffer_pool_size',
      'innodb_log_file_size',
      'innodb_redo_log_capacity',
      'innodb_flush_log_at_trx_commit',
      'log_bin',
    ];
    const [rows] = await connection.query<({ Variable_name: string; Value: string } & RowDataPacket)[]>(
      'show global variables where variable_name in (?)',
      [names],
    );
    const of = new Map(rows.map(({ Variable_name: name, Value: value }) => [name, value]));
    const size = (bytes: string | undefined) => `${Number((Number(bytes) / gigabyte).toFixed(2))} GiB`;
    return [
      `buffer pool ${size(of.get('innodb_buffer_pool_size'))}`,
      `redo log ${size(of.get('innodb_redo_log_capacity') ?? of.get('innodb_log_file_size'))}`,
      `flush_log_at_trx_commit ${of.get('innodb_flush_log_at_trx_commit')}`,
      of.get('log_bin') === 'ON' ? 'with a binary log' : 'no binary log',
    ].join(', ');
  } finally {
    await connection.end();
  }
}

/** What the program says of itself, else what Go built it from. */
async function versionOf(program: string): Promise<string> {
  const { output } = await runProgram(program, ['--version'], { timeoutMs: 10_000 });
  const own = /Server (\d+\.\d+\.\d+)/.exec(output) ?? /(\d+\.\d+\.\d+)/.exec(output);
  if (own?.[1]) return own[1];
  const go = await findProgram(['go'], ['/usr/local/go/bin']);
  const built = go ? await runProgram(go, ['version', '-m', program], { timeoutMs: 10_000 }) : { output: '' };
  return /^\s+mod\s+\S+\s+v(\S+)/m.exec(built.output)?.[1] ?? 'of an unknown version';
}
