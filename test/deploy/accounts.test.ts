import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createConnection, type Connection } from 'mysql2/promise';
import { compileEastrock } from '../support/mart-warehouse.js';
import { freshPrefix, warehouses } from '../support/servers/servers.js';
import { WarehouseChain } from '../support/warehouse-chain.js';

const script = join(import.meta.dirname, '..', '..', 'deploy', 'mysql', 'create-accounts.sh');

/** The script's statements for the schemas of one prefix, with accounts of their own: `<prefix>strata_worker`. */
async function accountStatements(prefix: string, password: string): Promise<string[]> {
  const [, sql = ''] = /<< SQL\n([\s\S]*?)\nSQL\n/.exec(await readFile(script, 'utf8')) ?? [];
  return sql
    .replace(/^--.*$/gm, '')
    .replace(/\$MYSQL_[A-Z]+_PASSWORD/g, password)
    .replace(/ on ([a-z]+)\.\*/g, ` on \`${prefix}$1\`.*`)
    .replace(/'([a-z_]+)'@'%'/g, `'${prefix}$1'@'%'`)
    .split(';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

it.each(['', "it's", 'two words'])('no account is made with the password "%s": what mends it is said', (password) => {
  const env = { PATH: process.env.PATH, MYSQL_ADMIN_PASSWORD: 'fine', MYSQL_WORKER_PASSWORD: password, MYSQL_ANALYST_PASSWORD: 'fine' };
  // The image sources it, in a shell that ends with it.
  const { status, stdout, stderr } = spawnSync('sh', ['-e', '-c', '. "$0"', script], { env, encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(/^MYSQL_WORKER_PASSWORD must be set in \.env/);
  expect(stderr).toContain('docker volume rm strata_mysql\n');
  if (password !== '') expect(stderr).not.toContain(password);
});

describe.each(warehouses)('the accounts that are made for docker-compose.yml on $name', ({ url }) => {
  const prefix = freshPrefix();
  const password = randomBytes(12).toString('hex');
  const accounts = ['strata_admin', 'strata_worker', 'analyst'].map((name) => `${prefix}${name}`);
  const as = (name: string) => `mysql://${prefix}${name}:${password}@${new URL(url).host}`;
  let root: Connection;
  let folder: string;
  let admin: WarehouseChain;
  let worker: WarehouseChain;

  beforeAll(async () => {
    root = await createConnection(url);
    for (const statement of await accountStatements(prefix, password)) await root.query(statement);
    folder = await mkdtemp(join(tmpdir(), 'strata-accounts-'));
    const of = { prefix, pipeline: await compileEastrock(), sourceUrl: `file://${folder}` };
    admin = new WarehouseChain({ ...of, url: as('strata_admin') });
    worker = new WarehouseChain({ ...of, url: as('strata_worker') });
  });
  afterAll(async () => {
    await admin.close();
    await worker.close();
    for (const account of accounts) await root.query(`drop user if exists '${account}'@'%'`);
    await root.end();
    await rm(folder, { recursive: true });
  });

  it('let the administrator migrate', async () => {
    expect((await admin.migrate()).length).toBeGreaterThan(10);
    expect(await admin.migrate()).toEqual([]);
  });

  it('let the worker do everything from a file to bus and vault', async () => {
    await writeFile(join(folder, 'users.csv'), 'UserID,UserName,SignUpDate,Country\n1,Ada,1/1/2024,Spain\n');
    await writeFile(join(folder, 'payments.csv'), 'TransactionID,UserID,Amount,TransactionDate,Type\n7,1,2.50,2/1/2024,Deposit\n');
    await sleep(2_100);
    for (const feed of ['users', 'payments']) {
      expect(await worker.pickup(feed)).toEqual([expect.objectContaining({ outcome: 'staged', rowsStaged: 1 })]);
      expect(await worker.process(feed)).toMatchObject({ inserted: 1 });
      expect(await worker.prune(feed)).toBe(1);
    }
    await worker.refresh();
    await worker.refresh(true);
    await worker.loadVault();
    expect(await worker.warehouse.query('select user_id, user, deposit from bus.total_users')).toEqual([
      { user_id: 1, user: 'Ada', deposit: '2.50' },
    ]);
    expect(await worker.warehouse.query('select user_id from vault.hub_user')).toEqual([{ user_id: 1 }]);
  });

  it('let the worker take in what changed', async () => {
    await writeFile(join(folder, 'users-2.csv'), 'UserID,UserName,SignUpDate,Country\n1,Ada,1/1/2024,France\n2,Bob,1/2/2024,Spain\n');
    await writeFile(join(folder, 'payments-2.csv'), 'TransactionID,UserID,Amount,TransactionDate,Type\n7,2,3.50,2/1/2024,Deposit\n');
    await sleep(2_100);
    for (const feed of ['users', 'payments']) {
      expect(await worker.pickup(feed)).toEqual([expect.objectContaining({ outcome: 'staged' })]);
      expect(await worker.process(feed)).toMatchObject({ updated: 1 });
      expect(await worker.prune(feed)).toBeGreaterThan(0);
    }
    await worker.refresh();
    await worker.refresh(true);
    await worker.loadVault();
    expect(await worker.warehouse.query('select user_id, deposit from bus.total_users where deposit > 0')).toEqual([
      { user_id: 2, deposit: '3.50' },
    ]);
    expect(await worker.warehouse.query('select count(*) as n from vault.link_user_country')).toEqual([{ n: 3 }]);
  });

  it('do not let the worker erase or rewrite history', async () => {
    for (const statement of [
      'delete from bulk.users',
      'delete from vault.hub_user',
      'update vault.sat_user set user_name = null',
      'update staging.users set country = null',
      'truncate table bulk.users',
    ]) {
      await expect(worker.warehouse.execute(statement)).rejects.toMatchObject({ type: 'denied' });
    }
  });

  it('do not let the worker change a table', async () => {
    await expect(worker.warehouse.execute('alter table bulk.users add column x int')).rejects.toMatchObject({ type: 'denied' });
    await expect(worker.warehouse.execute('drop table bulk.users')).rejects.toMatchObject({ type: 'denied' });
  });

  it('let analysts read tables and views of bus and nothing else', async () => {
    const analyst = await createConnection(as('analyst'));
    try {
      for (const table of ['total_users', 'users', 'payments', 'calendar_dates'])
        await analyst.query(`select * from \`${prefix}bus\`.${table} limit 1`);
      for (const [schema, table] of [
        ['bulk', 'users'],
        ['staging', 'users'],
        ['vault', 'hub_user'],
        ['gear', 'loads'],
      ] as const) {
        await expect(analyst.query(`select * from \`${prefix}${schema}\`.${table}`)).rejects.toThrow(/denied/);
      }
      await expect(analyst.query(`delete from \`${prefix}bus\`.total_users`)).rejects.toThrow(/denied/);
    } finally {
      await analyst.end();
    }
  });
});
