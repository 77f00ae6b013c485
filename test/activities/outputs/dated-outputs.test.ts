import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { planOutputs } from '../../../src/activities/outputs/plan-outputs.js';
import { writeOutput, type OutputWork } from '../../../src/activities/outputs/write-output.js';
import { datesOf } from '../../../src/contracts/dates/dates.js';
import type { OutputWish } from '../../../src/contracts/outputs.js';
import { openStore } from '../../../src/connectors/open-store.js';
import type { CompiledPipeline } from '../../../src/engine/compiled-pipeline.js';
import { StoreError, type ObjectStore } from '../../../src/engine/object-store.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import { compileDated, deliverOrders, deliverVisits, spanFiles } from '../../support/pipelines/dated-pipeline.js';
import { migratedWarehouse } from '../../support/mart-warehouse.js';
import { freshPrefix, warehouses } from '../../support/servers/servers.js';
import { quietScope } from '../../support/warehouse-chain.js';

const [d1, d2, d3, d4] = ['2024-03-01', '2024-03-02', '2024-03-03', '2024-03-04'] as const;
const day = (date: string) => ({ from: date, to: date });

describe.each(warehouses)('outputs by date on $name', ({ url }) => {
  const prefix = freshPrefix();
  const folder = mkdtempSync(join(tmpdir(), 'strata-outputs-'));
  const final = join(folder, 'final');
  const csv = (date: string) => join(final, 'report=sales', date, 'part-00000.csv');
  const parquet = (date: string) => join(final, 'table=orders', date, 'part-00000.snappy.parquet');
  const pipeline = compileDated((files) => Object.assign(files, spanFiles));
  let warehouse: Warehouse;
  let store: ObjectStore;

  const plan = (wish: Partial<OutputWish>, of: CompiledPipeline = pipeline, after?: string) =>
    planOutputs(warehouse, of, { pipeline: 'shop', ...wish }, { after, storeUrl: store.url, look: { store, signal: quietScope.signal } });
  const write = (name: string, date: string, options: Partial<OutputWork> = {}) => {
    const { datedOutputs: outputs, martRefreshes: marts } = pipeline;
    const output = outputs.find((each) => each.output === name)!;
    const of = { warehouse, pipeline: 'shop', outputs, marts, output, date };
    return writeOutput({ ...of, store: () => store, again: false, force: false, ...options }, quietScope);
  };
  /** What is to be written, as lines `date: outputs`; the run's own dates have a star. */
  const planned = async (wish: Partial<OutputWish>, of = pipeline) => {
    const { outputs, dates } = await plan(wish, of);
    return dates.map(
      ({ date, asked, outputs: numbers }) => `${date}${asked ? '*' : ''}: ${numbers.map((n) => outputs[n]!.output).join(', ')}`,
    );
  };
  const writeAll = async (wish: Partial<OutputWish>) => {
    const { outputs, dates } = await plan(wish);
    for (const { date, outputs: numbers } of dates) for (const number of numbers) await write(outputs[number]!.output, date);
  };

  beforeAll(async () => {
    mkdirSync(final);
    store = openStore(pathToFileURL(final).href);
    warehouse = await migratedWarehouse(url, pipeline, prefix);
    await deliverOrders(warehouse, 1, d1, [
      [1, 'ES', '10'],
      [2, 'DE', '20'],
    ]);
    await deliverOrders(warehouse, 2, d3, [[1, 'DE', '11.5']]);
    await deliverVisits(warehouse, 1, d1, [1, 2]);
  });
  afterAll(async () => {
    await warehouse.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('are planned in the order of dates, marts before the files that are made of them', async () => {
    expect(await planned({ dates: { from: d1, to: d2 } })).toEqual([
      `${d1}*: bus.sales, bus.total, bus.visits_of_date, orders, sales`,
      `${d2}*: bus.sales, bus.total, bus.visits_of_date, orders, sales`,
    ]);
  });

  it('hold what was delivered up to their date, also where nothing came that day', async () => {
    await writeAll({ dates: { from: d1, to: d3 } });
    const sales = await warehouse.query('select * from bus.sales order by report_date, country');
    expect(sales).toEqual([
      { report_date: d1, country: 'DE', orders: 1, amount: '20.00' },
      { report_date: d1, country: 'ES', orders: 1, amount: '10.00' },
      { report_date: d2, country: 'DE', orders: 1, amount: '20.00' },
      { report_date: d2, country: 'ES', orders: 1, amount: '10.00' },
      { report_date: d3, country: 'DE', orders: 2, amount: '31.50' },
    ]);
    expect(await warehouse.query('select * from bus.visits_of_date order by report_date')).toEqual([
      { report_date: d1, visits: 2 },
      { report_date: d2, visits: 0 },
      { report_date: d3, visits: 0 },
    ]);
    expect([readFileSync(csv(d2), 'utf8'), readFileSync(csv(d3), 'utf8')]).toEqual([
      'country,amount\nDE,20.00\nES,10.00\n',
      'country,amount\nDE,31.50\n',
    ]);
    const file = await asyncBufferFromFile(parquet(d3));
    expect(await parquetReadObjects({ file })).toEqual([
      { order_id: 1n, country: 'DE', amount: 11.5 },
      { order_id: 2n, country: 'DE', amount: 20 },
    ]);
    expect(await warehouse.query('select * from bus.latest_sales')).toEqual([{ country: 'DE', amount: '31.50' }]);
  });

  it('are up to date then, and a plan counts them', async () => {
    expect(await plan({ dates: { from: d1, to: d3 } })).toMatchObject({ dates: [], current: 15, next: null });
    expect(await write('sales', d1)).toMatchObject({ state: 'current', rows: 2 });
  });

  it('of earlier dates stay when a later date changes, and those of later dates are written again when an earlier one does', async () => {
    await deliverOrders(warehouse, 3, d3, [[3, 'UK', '5']]);
    expect(await planned({ dates: day(d1) })).toEqual([`${d3}: bus.sales, bus.total, orders, sales`]);
    await writeAll({ dates: day(d3) });
    await deliverOrders(warehouse, 4, d2, [[2, 'FR', '21']]);
    await deliverVisits(warehouse, 2, d2, [3]);
    expect(await planned({ dates: day(d2) })).toEqual([
      `${d2}*: bus.sales, bus.total, bus.visits_of_date, orders, sales`,
      `${d3}: bus.sales, bus.total, orders, sales`,
    ]);
    await writeAll({ dates: day(d2) });
    expect(readFileSync(csv(d1), 'utf8')).toBe('country,amount\nDE,20.00\nES,10.00\n');
    expect(readFileSync(csv(d3), 'utf8')).toBe('country,amount\nFR,21.00\nDE,11.50\nUK,5.00\n');
    expect(await warehouse.query(`select visits from bus.visits_of_date where report_date = '${d2}'`)).toEqual([{ visits: 1 }]);
  });

  it('are those of the feeds alone that are asked for, and of what reads them', async () => {
    expect(await planned({ dates: day(d4), feeds: ['visits'] })).toEqual([`${d4}*: bus.visits_of_date`]);
    expect(await planned({ dates: day(d4), feeds: ['orders'] })).toEqual([`${d4}*: bus.sales, bus.total, orders, sales`]);
  });

  it('are stale when their SQL or that of a mart that they read has changed', async () => {
    const changed = compileDated((files) => {
      Object.assign(files, spanFiles);
      files['bus/sales.sql'] = files['bus/sales.sql']!.replace('sum(v.amount)', 'max(v.amount)');
    });
    expect(await planned({ dates: day(d1) }, changed)).toEqual([
      `${d1}*: bus.sales, sales`,
      `${d2}: bus.sales, sales`,
      `${d3}: bus.sales, sales`,
    ]);
  });

  it('may read marts of no date, which are brought up to bulk first', async () => {
    const totals = () => warehouse.query('select report_date, orders, amount from bus.total order by report_date');
    expect(await totals()).toEqual([
      { report_date: d1, orders: 2, amount: '30.00' },
      { report_date: d2, orders: 2, amount: '31.00' },
      { report_date: d3, orders: 3, amount: '37.50' },
    ]);
    const changed = compileDated((files) => {
      Object.assign(files, spanFiles);
      files['bus/order_spans.sql'] = files['bus/order_spans.sql']!.replace(', v.amount', ', v.amount * 2');
    });
    expect(await planned({ dates: day(d1), outputs: ['bus.total'] }, changed)).toEqual([
      `${d1}*: bus.total`,
      `${d2}: bus.total`,
      `${d3}: bus.total`,
    ]);
  });

  it('leave a file that has the same rows as it is, and bring back one that was removed when they are computed again', async () => {
    const before = [statSync(csv(d1)).mtimeMs, readFileSync(parquet(d1))] as const;
    expect(await write('sales', d1, { again: true })).toMatchObject({ state: 'same', rows: 2 });
    expect(statSync(csv(d1)).mtimeMs).toBe(before[0]);
    rmSync(parquet(d1));
    expect(await write('orders', d1, { again: true })).toMatchObject({ state: 'written' });
    expect(readFileSync(parquet(d1))).toEqual(before[1]);
  });

  it('are written again for a date that is asked for where somebody has removed or replaced a file', async () => {
    const before = [csv(d1), parquet(d1), csv(d2)].map((file) => readFileSync(file));
    rmSync(csv(d1));
    writeFileSync(parquet(d1), 'of somebody else');
    rmSync(csv(d2));
    expect(await planned({ dates: day(d1) })).toEqual([`${d1}*: orders, sales`]);
    expect(await plan({ dates: day(d1) })).toMatchObject({ current: 3 });
    await writeAll({ dates: { from: d1, to: d2 } });
    expect([csv(d1), parquet(d1), csv(d2)].map((file) => readFileSync(file))).toEqual(before);
    expect(await planned({ dates: { from: d1, to: d3 } })).toEqual([]);
    const find = (kind: StoreError['kind']) => () => Promise.reject(new StoreError(kind, 'may not look'));
    const odd = (kind: StoreError['kind']) => ({
      storeUrl: store.url,
      look: { store: Object.assign(Object.create(store) as ObjectStore, { find: find(kind) }), signal: quietScope.signal },
    });
    const wish = { pipeline: 'shop', dates: day(d1) };
    // The outputs without files are not kept from being written by what the others can't do.
    expect((await planOutputs(warehouse, pipeline, wish, odd('denied'))).dates).toHaveLength(1);
    await expect(planOutputs(warehouse, pipeline, wish, odd('unavailable'))).rejects.toThrow('may not look');
  });

  it('refuse to be made of a mart that has not been written for the date', async () => {
    await expect(write('sales', d4)).rejects.toThrow(
      `it reads bus.sales, which has not been written for ${d4}. Run: strata run shop --date ${d4}`,
    );
    expect(await warehouse.query(`select * from gear.dated_outputs where partition_date = '${d4}'`)).toEqual([]);
  });

  it('wait for who writes the same one, and then hold what came meanwhile', async () => {
    const order: string[] = [];
    let arrived = () => undefined as void;
    let goOn = () => undefined as void;
    const atPut = new Promise<void>((resolve) => (arrived = resolve));
    const release = new Promise<void>((resolve) => (goOn = resolve));
    const slow = Object.create(store, {
      write: {
        value: async (...of: Parameters<ObjectStore['write']>) => {
          arrived();
          await release;
          order.push('first');
          return store.write(...of);
        },
      },
    }) as ObjectStore;
    await deliverOrders(warehouse, 5, d1, [[9, 'IT', '1']]);
    const first = write('orders', d1, { store: () => slow });
    await atPut;
    await deliverOrders(warehouse, 6, d1, [[10, 'IT', '2']]);
    const second = write('orders', d1).then((result) => (order.push('second'), result));
    goOn();
    expect([(await first).rows, (await second).rows, order]).toEqual([3, 4, ['first', 'second']]);
    expect(await parquetReadObjects({ file: await asyncBufferFromFile(parquet(d1)) })).toHaveLength(4);
    expect(await planned({ dates: day(d1), outputs: ['orders'] })).toEqual([`${d2}: orders`, `${d3}: orders`]);
    expect(await write('orders', d1)).toMatchObject({ state: 'current' });
  });

  it('that are broken off leave nothing half, and stay stale', async () => {
    const before = readFileSync(parquet(d2));
    const stop = new AbortController();
    const broken = Object.create(store, {
      write: {
        value: async () => {
          stop.abort(new Error('stopped'));
          stop.signal.throwIfAborted();
        },
      },
    }) as ObjectStore;
    const { datedOutputs: outputs, martRefreshes: marts } = pipeline;
    const work = { warehouse, pipeline: 'shop', outputs, marts, output: outputs.find(({ output }) => output === 'orders')!, date: d2 };
    await expect(
      writeOutput({ ...work, store: () => broken, again: false, force: false }, { ...quietScope, signal: stop.signal }),
    ).rejects.toThrow('stopped');
    expect(readFileSync(parquet(d2))).toEqual(before);
    expect(await planned({ dates: day(d2), outputs: ['orders'] })).toContain(`${d2}*: orders`);
  });

  it('put no file in place when what holds them is lost', async () => {
    let connection = 0;
    const watched = Object.create(warehouse, {
      transaction: {
        value: (work: Parameters<Warehouse['transaction']>[0], options: object) =>
          warehouse.transaction(async (transaction) => {
            const [row] = await transaction.query<{ id: number }>('select connection_id() as id');
            connection = row!.id;
            return work(transaction);
          }, options),
      },
      stream: {
        value: async function* (...of: Parameters<Warehouse['stream']>) {
          await warehouse.execute(`kill ${connection}`);
          yield* warehouse.stream(...of);
        },
      },
    }) as Warehouse;
    const before = readFileSync(parquet(d2));
    await expect(write('orders', d2, { warehouse: watched, force: true })).rejects.toMatchObject({ type: 'unavailable' });
    expect(readFileSync(parquet(d2))).toEqual(before);
    expect(await write('orders', d2)).toMatchObject({ state: 'written' });
  });

  it('are planned a hundred dates at a time', async () => {
    const wish = { dates: { from: '2025-01-01', to: '2025-12-31' }, outputs: ['bus.visits_of_date'] };
    const first = await plan(wish);
    expect([first.dates.length, first.dates.at(-1)?.date, first.next]).toEqual([100, '2025-04-10', '2025-04-10']);
    const last = await plan(wish, pipeline, '2025-10-27');
    expect([last.dates.length, last.dates[0]?.date, last.next]).toEqual([65, '2025-10-28', null]);
  });

  it('are planned for ten years in pages, of which each costs the same', async () => {
    const years = { from: '2030-01-01', to: '2039-12-31' };
    const dates = datesOf(years);
    const changes = dates.flatMap((date) => ['order_versions', 'visits'].map((entity) => `('shop', '${entity}', '${date}', 'orders', 7)`));
    for (let first = 0; first < changes.length; first += 1_000)
      await warehouse.execute(
        `insert into gear.partition_changes (pipeline, entity, partition_date, feed, batch_number)
         values ${changes.slice(first, first + 1_000).join(', ')}`,
      );
    const found: string[] = [];
    let pages = 0;
    for (let after: string | undefined, more = true; more; pages += 1) {
      const { dates: page, next } = await plan({ dates: years }, pipeline, after);
      expect(page.length).toBeLessThanOrEqual(100);
      found.push(...page.filter(({ asked }) => asked).map(({ date }) => date));
      after = next ?? undefined;
      more = next !== null;
    }
    expect(found).toEqual(dates);
    expect(pages).toBe(Math.ceil(dates.length / 100));
    // Written as planned: what is made of it is told in the same words.
    await write('bus.sales', '2039-12-31');
    expect((await plan({ dates: day('2039-12-31'), outputs: ['bus.sales'] })).current).toBe(1);
  });
});
