import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeB2bFiles } from '../../../tools/samples/b2b/files.js';
import { documentAt, fencedBlocks, root } from '../../docs/documents.js';
import { warehouses } from '../../support/servers/servers.js';
import { stateAsOf } from './expected/state.js';
import { B2bLab, type Outputs } from './lab.js';

const [first, second, third] = ['2020-06-22', '2020-06-23', '2020-06-24'] as const;

describe.each(warehouses)('three days of b2b on $name', ({ url }) => {
  let lab: B2bLab;
  beforeAll(async () => {
    lab = await B2bLab.open(url);
    await writeB2bFiles(lab.folder, { rows: 240, days: 3 });
    await lab.startWorker();
  });
  afterAll(() => lab.close());

  const rows = (sql: string) => lab.query(sql);

  it('load the initial files', async () => {
    await lab.succeed('run', 'b2b', '--init');
    const { companies, customers, products, orders } = stateAsOf(lab.deliveries, '1000-01-01');
    const counts = await rows(
      `select (select count(*) from bulk.companies) as companies, (select count(*) from bulk.customers) as customers,
         (select count(*) from bulk.products) as products, (select count(*) from bulk.orders) as orders`,
    );
    const expected = { companies, customers, products, orders };
    expect(counts).toEqual([Object.fromEntries(Object.entries(expected).map(([name, list]) => [name, String(list.length)]))]);
  });

  it('give the reports and snapshots of each date, and keep those of the dates before', async () => {
    const atOnce: Outputs[] = [];
    for (const date of [first, second, third]) {
      await lab.succeed('run', 'b2b', '--date', date);
      atOnce.push(await lab.written(date));
    }
    for (const [index, date] of [first, second, third].entries()) {
      expect(atOnce[index]).toEqual(lab.expected(date));
      expect(await lab.written(date)).toEqual(lab.expected(date));
    }
  });

  it('have snapshots with the types that their readers expect', async () => {
    const file = (table: string) => `'final/data/final/table=${table}/${first}/*.parquet', hive_partitioning = false`;
    const typesOf = async (table: string) =>
      (await lab.ofFiles(`describe select * from read_parquet(${file(table)})`)).map(({ column_type }) => column_type).join();
    const [integer, text, price, time] = ['BIGINT', 'VARCHAR', 'DECIMAL(15,4)', 'TIMESTAMP WITH TIME ZONE'];
    expect(await typesOf('companies')).toBe([integer, text].join());
    expect(await typesOf('customers')).toBe([integer, text, 'DATE', text, text, text, text].join());
    expect(await typesOf('products')).toBe([integer, text, price, text, integer].join());
    expect(await typesOf('orders')).toBe([integer, integer, integer, price, 'BOOLEAN', integer, integer, time].join());
    const request = [time, text, text, text, text, text, text];
    expect(await typesOf('web_visits')).toBe([...request, integer, integer, text, text, text, text].join());
  });

  it('leave in bulk what was delivered last, typed, and the leads too', async () => {
    const state = stateAsOf(lab.deliveries, third);
    const flagged = (row: Readonly<Record<string, string | null>>) => ({ ...row, is_lead_sale: row.is_lead_sale === 'true' ? '1' : '0' });
    const columns = Object.keys(state.orders[0]!).join(', ');
    expect(await rows(`select ${columns} from bulk.orders order by order_id`)).toEqual(state.orders.map(flagged));
    const ofLeads = Object.keys(state.leads[0]!).join(', ');
    expect(await rows(`select ${ofLeads} from bulk.leads order by crm_lead_id`)).toEqual(state.leads.map(flagged));
  });

  it('quarantine what breaks the contract, with its reasons', async () => {
    const found = await rows(
      `select l.object_key as k, q.reasons, count(*) as n from gear.quarantine q join gear.loads l using (load_id) group by 1, 2`,
    );
    const counted = new Map<string, number>();
    for (const { key, refused } of lab.deliveries)
      for (const reasons of refused) counted.set(`${key} ${reasons}`, (counted.get(`${key} ${reasons}`) ?? 0) + 1);
    expect(new Map(found.map(({ k, reasons, n }) => [`${k} ${reasons}`, Number(n)]))).toEqual(counted);
  });

  it('are the same when they are run again, and no file is written again', async () => {
    const before = lab.digests();
    const output = await lab.succeed('run', 'b2b', '--date', second);
    expect(lab.digests()).toEqual(before);
    expect(output).toContain('13 outputs of these dates already up to date');
    await lab.succeed('run', 'b2b', '--from', first, '--to', third);
    expect(lab.digests()).toEqual(before);
  });

  it('have their reports in bus, and the newest in views', async () => {
    const sales = await rows('select * from bus.latest_monthly_sales order by monthly_profit desc, sale_year, sale_month');
    const [, ...lines] = lab.expected(third).reports.monthly_sales.trimEnd().split('\n');
    expect(sales.map((row) => [row.sale_month, row.sale_year, row.monthly_sales, row.monthly_profit].join())).toEqual(lines);
    expect(sales.every(({ report_date }) => report_date === third)).toBe(true);
    expect(await rows('select distinct report_date from bus.total_leads order by 1')).toEqual(
      [first, second, third].map((date) => ({ report_date: date })),
    );
  });

  it('answer the reports with filters as their files do', async () => {
    for (const name of ['monthly_sales', 'most_popular_products', 'most_used_devices', 'total_leads'] as const) {
      const sql = readFileSync(join(root, 'sql', 'b2b', 'reports', `${name}.sql`), 'utf8').replace(/^--.*\n/gm, '');
      const answer = async (filter: string) => {
        const found = await rows(sql.replace(/\[\[.*?\]\]/g, filter));
        return [Object.keys(found[0]!), ...found.map((row) => Object.values(row))].map((row) => `${row.join()}\n`).join('');
      };
      expect(await answer('')).toBe(lab.expected(third).reports[name]);
      expect(await answer(`date '${first}',`)).toBe(lab.expected(first).reports[name]);
    }
  });

  it('are read by the queries of the how-to guide', async () => {
    const [products, counts] = fencedBlocks(documentAt('docs/how-to/pipelines/read-snapshots.md')).filter(({ name }) => name === 'duckdb');
    const { orders } = stateAsOf(lab.deliveries, third);
    const popular = new Map<string, number>();
    for (const { prod_id } of orders) popular.set(prod_id ?? '', (popular.get(prod_id ?? '') ?? 0) + 1);
    const five = [...popular].sort(([a, many], [b, others]) => others - many || Number(a) - Number(b)).slice(0, 5);
    const found = await lab.ofFiles(products!.text);
    expect(found.map(({ prod_id, orders: count }) => [prod_id, Number(count)])).toEqual(five);
    expect(await lab.ofFiles(counts!.text)).toEqual(
      [first, second, third].map((date) => ({ as_of: date, orders: String(stateAsOf(lab.deliveries, date).orders.length) })),
    );
  });

  it('follow a corrected file of an earlier day, and write the later days again', async () => {
    const file = lab.path('raw', first, 'companycsv.csv');
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    // The first order costs more, the last one is left out, which takes none away.
    lab.replace(file, `${[lines[0]!.replace(/^(\d+),[\d.]+,/, '$1,99999.5,'), ...lines.slice(1, -1)].join('\n')}\n`);
    const before = lab.digests();
    const output = await lab.succeed('run', 'b2b', '--date', first);
    for (const date of [first, second, third]) expect(await lab.written(date)).toEqual(lab.expected(date));
    expect(output).toContain(third);
    const after = lab.digests();
    expect(after[`report=monthly_sales/${third}/part-00000.csv`]).not.toBe(before[`report=monthly_sales/${third}/part-00000.csv`]);
    expect(after[`table=web_visits/${first}/part-00000.snappy.parquet`]).toBe(
      before[`table=web_visits/${first}/part-00000.snappy.parquet`],
    );
  });

  it('replace the visits of a date whose log comes again', async () => {
    const file = lab.path('raw', second, 'weblogs.log');
    const lines = readFileSync(file, 'latin1').trimEnd().split('\n');
    lab.replace(file, Buffer.from(`${lines.slice(0, 50).join('\n')}\n`, 'latin1'));
    await lab.succeed('run', 'b2b', '--date', second);
    const written = await lab.written(second);
    expect(written.snapshots.web_visits).toEqual(lab.expected(second).snapshots.web_visits);
    expect(written.reports.most_used_devices).toBe(lab.expected(second).reports.most_used_devices);
  });

  it('run without files: a date that has none has outputs too, and a folder that is no date is left alone', async () => {
    cpSync(lab.path('raw', first), lab.path('raw', '2020-02-30'), { recursive: true });
    await lab.succeed('run', 'b2b', '--date', '2020-07-01');
    expect((await lab.written('2020-07-01')).reports.most_used_devices).toBe('device,total_devices\n');
    // No version ends, not even on the last date that there is.
    await lab.succeed('run', 'b2b', '--date', '9999-12-31');
    expect(await lab.written('9999-12-31')).toEqual(lab.expected('9999-12-31'));
    expect(await lab.succeed('status', 'b2b')).toContain('2020-02-30');
    rmSync(lab.path('raw', '2020-02-30'), { recursive: true });
  });

  it('write the snapshot of one table where one feed is asked for', async () => {
    cpSync(lab.path('raw', first, 'companies.csv'), lab.path('raw', third, 'companies.csv'));
    const before = lab.digests();
    await lab.succeed('run', 'b2b', '--feeds', 'companies', '--date', third);
    const changed = Object.entries(lab.digests()).filter(([file, digest]) => before[file] !== digest);
    expect(changed.map(([file]) => file).filter((file) => !file.startsWith('table=companies/'))).toEqual([]);
  });
});
