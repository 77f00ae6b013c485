import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { openWarehouse } from '../../../src/connectors/mysql/warehouse.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import { freshPrefix, warehouse as server } from '../../support/servers/servers.js';
import { StrataProcess } from '../../support/strata-process.js';
import { until } from '../../support/until.js';
import { LiveTotesys } from './live.js';

jest.setTimeout(900_000);

let live: LiveTotesys;
beforeAll(async () => {
  live = await LiveTotesys.open();
});
afterAll(() => live?.close());

test('what a script changes in PostgreSQL is in bus after strata extract, and each version of an order is a fact', async () => {
  const first = await live.extract();
  expect(first).toContain('run 1, as of');
  await live.expectBusIsSource();
  const facts = async () => (await live.warehouse.query<{ n: number }>('select count(*) as n from bus.fact_sales_order'))[0]!.n;
  const before = await facts();

  await live.source.change(60);
  await live.extract();
  await live.expectBusIsSource();
  expect(await facts()).toBeGreaterThan(before);

  const again = await live.extract();
  expect(again).toContain('run 3, as of');
  expect(again).toContain('11 tables without changes');
  expect(again).toContain('\nthe lake has nothing that is not loaded yet\n');
  expect(again).not.toContain('matches a feed');
  const { stdout } = await live.run('lake', 'runs', 'totesys', '--json');
  expect((JSON.parse(stdout) as { run: number; kind: string }[]).map(({ run, kind }) => [run, kind])).toEqual([
    [3, 'incremental'],
    [2, 'incremental'],
    [1, 'full'],
  ]);
  expect((await live.run('lake', 'sweep', 'totesys')).stdout).toContain('every object of');
  expect((await live.run('catalogue', 'totesys')).stdout).toMatch(/sales_order +unit_price +numeric\(10,2\)/);
});

test('a table that is gone fails the run at its end, and the others are in bus all the same', async () => {
  await live.source.change(20);
  await live.client.query('alter table design rename to designs');
  const { code, stdout, stderr } = await live.run('extract', 'totesys', '--json');
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ failures: [expect.stringContaining('design was left out: there is no table design')] });
  expect(`${stdout}${stderr}`).not.toContain(new URL(live.env.TOTESYS_DATABASE_URL!).password);
  await live.expectBusIsSource();
  await live.client.query('alter table designs rename to design');
  await live.source.change(5);
  await live.extract();
  await live.expectBusIsSource();
  await live.expectSame('select design_id, file_name from bus.dim_design', 'select design_id, file_name from design');
});

test('the processed bucket is what bus is, also where the worker is killed while it writes a run', async () => {
  const runs = () => readdirSync(join(live.processed, '_runs')).sort();
  const verified = async () => {
    const { code, stdout } = await live.run('lake', 'verify', 'totesys', '--json');
    const { ok, run, tables } = JSON.parse(stdout) as { ok: boolean; run: number; tables: readonly object[] };
    expect([code, ok, run, tables.length]).toEqual([0, true, runs().length, 17]);
  };
  await verified();
  const digits = (run: number) => String(run).padStart(10, '0');
  const next = runs().length + 1;
  await live.source.change(60);
  const running = StrataProcess.start(['extract', 'totesys', '--json'], live.env);
  await until(() => existsSync(join(live.processed, `fact_sales_order/run=${digits(next)}`)));
  await live.replaceWorker();
  const { code, stdout, stderr } = await running.ended();
  if (code !== 0) throw new Error(`${stdout}${stderr}`);
  await live.expectBusIsSource();
  await verified();
  expect(runs()).toEqual(Array.from({ length: next }, (_, index) => `${digits(index + 1)}.json`));
  expect((await live.run('lake', 'runs', 'totesys', '--processed')).stdout).toMatch(/completes runs of the lake/);

  const empty = await live.run('lake', 'rebuild', 'totesys', '--from', 'processed');
  expect([empty.code, empty.stderr]).toEqual([1, expect.stringContaining('this warehouse is not empty')]);
  const other = { ...live.env, STRATA_SCHEMA_PREFIX: freshPrefix() };
  await StrataProcess.run(['migrate'], other);
  const rebuilt = await StrataProcess.run(['lake', 'rebuild', 'totesys', '--from', 'processed', '--json'], other);
  expect([rebuilt.code, rebuilt.stderr]).toEqual([0, '']);
  const second = openWarehouse({ url: server.url, prefix: other.STRATA_SCHEMA_PREFIX, connections: 1 });
  const sums = (of: Warehouse) =>
    of.query(
      'select count(*) as n, sum(sales_record_id * units_sold) as s, (select count(*) from bus.current_payment) as p from bus.fact_sales_order',
    );
  expect(await sums(second)).toEqual(await sums(live.warehouse));
  await second.close();
});
