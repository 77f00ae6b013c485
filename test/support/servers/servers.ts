import { randomBytes } from 'node:crypto';
import { afterAll } from '@jest/globals';
import { createConnection } from 'mysql2/promise';

/** A database server that the tests may fill: everything is allowed to its user, and it is nobody's. */
export interface TestWarehouse {
  readonly name: 'mariadb' | 'mysql';
  /** mysql://user:password@host:port */
  readonly url: string;
}

function setting(name: string): string {
  const value = process.env[name];
  if (!value)
    throw new Error(`${name} is not set: run the tests with \`npm test\` (faster while \`npm run servers\` runs in another terminal)`);
  return value;
}

function findWarehouses(): readonly TestWarehouse[] {
  const mariadb = process.env.STRATA_TEST_MARIADB_URL;
  const mysql = process.env.STRATA_TEST_MYSQL_URL;
  if (!mariadb && !mysql) return [{ name: 'mariadb', url: setting('STRATA_TEST_MARIADB_URL') }];
  return [...(mariadb ? [{ name: 'mariadb', url: mariadb } as const] : []), ...(mysql ? [{ name: 'mysql', url: mysql } as const] : [])];
}

/** Every database server to test on; for `describe.each(warehouses)('... on $name', ({ url }) => ...)`. */
export const warehouses = findWarehouses();

/** For tests that need one database server, whichever. */
export const warehouse: TestWarehouse = warehouses[0]!;

/** The S3 server; its keys are in the environment too, under the names that AWS's SDK reads. */
export const objectStore = {
  endpoint: setting('STRATA_TEST_S3_URL'),
  region: setting('AWS_REGION'),
  accessKeyId: setting('AWS_ACCESS_KEY_ID'),
  secretAccessKey: setting('AWS_SECRET_ACCESS_KEY'),
  /** Path of VersityGW, for tests that start and end a server of their own. */
  program: setting('STRATA_TEST_VERSITYGW_BIN'),
} as const;

export const temporal = {
  /** host:port */
  address: setting('STRATA_TEST_TEMPORAL_ADDRESS'),
  /** Path of the Temporal CLI, for tests that start and restart a server of their own. */
  program: setting('STRATA_TEST_TEMPORAL_BIN'),
} as const;

const prefixes = new Set<string>();

/**
 * A schema prefix such as `t1a2b3c_` that nobody else uses. After the file's tests the databases whose names begin with it are
 * dropped on every server.
 */
export function freshPrefix(): string {
  const prefix = `t${randomBytes(3).toString('hex')}_`;
  prefixes.add(prefix);
  return prefix;
}

/** Drops the databases of one prefix of freshPrefix on every server, for tests that make many. */
export async function dropPrefix(prefix: string): Promise<void> {
  for (const { url } of warehouses) await dropDatabases(url, (name) => name.startsWith(prefix));
  prefixes.delete(prefix);
}

async function dropDatabases(url: string, matches: (name: string) => boolean): Promise<void> {
  const connection = await createConnection({ uri: url, rowsAsArray: true });
  try {
    const [rows] = await connection.query('show databases');
    for (const [name] of rows as [string][]) if (matches(name)) await connection.query('drop database if exists ??', [name]);
  } finally {
    await connection.end();
  }
}

afterAll(async () => {
  if (prefixes.size === 0) return;
  const mine = [...prefixes];
  for (const { url } of warehouses) await dropDatabases(url, (name) => mine.some((prefix) => name.startsWith(prefix)));
}, 120_000);
