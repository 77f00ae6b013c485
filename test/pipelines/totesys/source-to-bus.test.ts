import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { Connection } from '@temporalio/client';
import type { Client } from 'pg';
import { openWarehouse } from '../../../src/connectors/mysql/warehouse.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import { TotesysSource } from '../../../tools/samples/totesys/source.js';
import { connectPostgres, freshDatabase, ownPostgres } from '../../support/servers/own-postgres.js';
import { freshPrefix, temporal, warehouse as server } from '../../support/servers/servers.js';
import { StrataProcess, type Settings } from '../../support/strata-process.js';
import { until } from '../../support/until.js';

jest.setTimeout(900_000);

/* The built program, a real PostgreSQL that a script changes, and a folder as the lake. */
let folder: string;
let processed: string;
let env: Settings;
let source: TotesysSource;
let client: Client;
let warehouse: Warehouse;
let worker: StrataProcess;

beforeAll(async () => {
  const postgres = await ownPostgres();
  const url = await freshDatabase(postgres);
  source = await TotesysSource.create(url, { seed: 7, orders: 60 });
  client = await connectPostgres(url);
  folder = await mkdtemp(join(tmpdir(), 'strata-totesys-'));
  processed = await mkdtemp(join(tmpdir(), 'strata-processed-'));
  const prefix = freshPrefix();
  const namespace = `totesys-${randomBytes(4).toString('hex')}`;
  const connection = await Connection.connect({ address: temporal.address });
  await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: { seconds: 24 * 3600 } as never });
  await connection.close();
  env = {
    ...{ STRATA_PIPELINES: 'totesys', TOTESYS_DATABASE_URL: url, TOTESYS_INGEST_URL: pathToFileURL(folder).href },
    ...{ STRATA_MYSQL_URL: server.url, STRATA_SCHEMA_PREFIX: prefix, TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: namespace },
    ...{ STRATA_FOLDER_QUIET_SECONDS: '0', TOTESYS_PROCESSED_URL: pathToFileURL(processed).href },
  };
  warehouse = openWarehouse({ url: server.url, prefix, connections: 2 });
  await until(async () => (await StrataProcess.run(['migrate'], env)).code === 0);
  worker = await StrataProcess.startWorker(env);
});

afterAll(async () => {
  await worker?.stop();
  await warehouse?.close();
  await client?.end();
  await source?.end();
  await rm(folder, { recursive: true, force: true });
  await rm(processed, { recursive: true, force: true });
});

async function extract(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await StrataProcess.run(['extract', 'totesys', ...args], env);
  if (code !== 0) throw new Error(`${stdout}${stderr}`);
  return stdout;
}

/** The rows of both as texts, without regard to their order. */
async function expectSame(inBus: string, inSource: string): Promise<void> {
  const bus = (await warehouse.query(inBus)).map((row) => Object.values(row).map((value) => (value === null ? null : String(value))));
  const { rows } = await client.query<Record<string, string | null>>(inSource);
  const sorted = (of: readonly (readonly (string | null)[])[]) => of.map((row) => JSON.stringify(row)).sort();
  expect(sorted(bus)).toEqual(sorted(rows.map((row) => Object.values(row))));
}

async function busIsTheSource(): Promise<void> {
  await expectSame(
    'select sales_order_id, units_sold, unit_price, agreed_delivery_date, last_updated_date, last_updated_time from bus.current_sales_order',
    `select sales_order_id, units_sold, unit_price, agreed_delivery_date, last_updated::date::text as d, to_char(last_updated, 'HH24:MI:SS.US') as t
     from sales_order`,
  );
  await expectSame(
    'select payment_id, payment_amount, paid from bus.current_payment',
    'select payment_id, payment_amount, paid::int::text as paid from payment',
  );
  await expectSame(
    'select purchase_order_id, item_quantity from bus.current_purchase_orders',
    'select purchase_order_id, item_quantity from purchase_order',
  );
  await expectSame(
    'select staff_id, last_name, department_name, location from bus.dim_staff',
    'select staff_id, last_name, department_name, location from staff join department using (department_id)',
  );
  await expectSame(
    'select location_id, address_line_2, city from bus.dim_location',
    'select address_id, address_line_2, city from address',
  );
}

test('what a script changes in PostgreSQL is in bus after strata extract, and each version of an order is a fact', async () => {
  const first = await extract();
  expect(first).toContain('run 1, as of');
  await busIsTheSource();
  const facts = async () => (await warehouse.query<{ n: number }>('select count(*) as n from bus.fact_sales_order'))[0]!.n;
  const before = await facts();

  await source.change(60);
  await extract();
  await busIsTheSource();
  expect(await facts()).toBeGreaterThan(before);

  const again = await extract();
  expect(again).toContain('run 3, as of');
  expect(again).toContain('11 tables without changes');
  expect(again).toContain('\nthe lake has nothing that is not loaded yet\n');
  expect(again).not.toContain('matches a feed');
  const { stdout } = await StrataProcess.run(['lake', 'runs', 'totesys', '--json'], env);
  expect((JSON.parse(stdout) as { run: number; kind: string }[]).map(({ run, kind }) => [run, kind])).toEqual([
    [3, 'incremental'],
    [2, 'incremental'],
    [1, 'full'],
  ]);
  expect((await StrataProcess.run(['lake', 'sweep', 'totesys'], env)).stdout).toContain('every object of');
  expect((await StrataProcess.run(['catalogue', 'totesys'], env)).stdout).toMatch(/sales_order +unit_price +numeric\(10,2\)/);
});

test('a table that is gone fails the run at its end, and the others are in bus all the same', async () => {
  await source.change(20);
  await client.query('alter table design rename to designs');
  const { code, stdout, stderr } = await StrataProcess.run(['extract', 'totesys', '--json'], env);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ failures: [expect.stringContaining('design was left out: there is no table design')] });
  expect(`${stdout}${stderr}`).not.toContain(new URL(env.TOTESYS_DATABASE_URL!).password);
  await busIsTheSource();
  await client.query('alter table designs rename to design');
  await source.change(5);
  await extract();
  await busIsTheSource();
  await expectSame('select design_id, file_name from bus.dim_design', 'select design_id, file_name from design');
});

test('the processed bucket is what bus is, also where the worker is killed while it writes a run', async () => {
  const runs = () => readdirSync(join(processed, '_runs')).sort();
  const verified = async () => {
    const { code, stdout } = await StrataProcess.run(['lake', 'verify', 'totesys', '--json'], env);
    const { ok, run, tables } = JSON.parse(stdout) as { ok: boolean; run: number; tables: readonly object[] };
    expect([code, ok, run, tables.length]).toEqual([0, true, runs().length, 17]);
  };
  await verified();
  const digits = (run: number) => String(run).padStart(10, '0');
  const next = runs().length + 1;
  await source.change(60);
  const running = StrataProcess.start(['extract', 'totesys', '--json'], env);
  await until(() => existsSync(join(processed, `fact_sales_order/run=${digits(next)}`)));
  await worker.kill();
  worker = await StrataProcess.startWorker(env);
  const { code, stdout, stderr } = await running.ended();
  if (code !== 0) throw new Error(`${stdout}${stderr}`);
  await busIsTheSource();
  await verified();
  expect(runs()).toEqual(Array.from({ length: next }, (_, index) => `${digits(index + 1)}.json`));
  expect((await StrataProcess.run(['lake', 'runs', 'totesys', '--processed'], env)).stdout).toMatch(/completes runs of the lake/);

  const empty = await StrataProcess.run(['lake', 'rebuild', 'totesys', '--from', 'processed'], env);
  expect([empty.code, empty.stderr]).toEqual([1, expect.stringContaining('this warehouse is not empty')]);
  const other = { ...env, STRATA_SCHEMA_PREFIX: freshPrefix() };
  await StrataProcess.run(['migrate'], other);
  const rebuilt = await StrataProcess.run(['lake', 'rebuild', 'totesys', '--from', 'processed', '--json'], other);
  expect([rebuilt.code, rebuilt.stderr]).toEqual([0, '']);
  const second = openWarehouse({ url: server.url, prefix: other.STRATA_SCHEMA_PREFIX, connections: 1 });
  const sums = (of: Warehouse) =>
    of.query(
      'select count(*) as n, sum(sales_record_id * units_sold) as s, (select count(*) from bus.current_payment) as p from bus.fact_sales_order',
    );
  expect(await sums(second)).toEqual(await sums(warehouse));
  await second.close();
});
