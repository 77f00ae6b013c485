import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import type { Postgres } from '../../../tools/servers/postgres.js';
import { catalogueOf } from '../../../src/gear/extracts/source-columns.js';
import { ExtractLab, gearWarehouse } from '../../support/pipelines/extract-lab.js';
import { connectPostgres, ownPostgres } from '../../support/servers/own-postgres.js';
import { warehouses } from '../../support/servers/servers.js';

const order = { name: 'sales_order', key: ['id'], mark: 'last_updated' };
const item = { name: 'item', key: ['order_id', 'line'], mark: 'last_updated' };

describe.each(warehouses)('extracts, with gear on $name', ({ url }) => {
  let server: Postgres;
  let warehouse: Warehouse;
  beforeAll(async () => {
    server = await ownPostgres();
    warehouse = await gearWarehouse(url);
  });
  afterAll(() => warehouse.close());

  async function shop(): Promise<ExtractLab> {
    const lab = await ExtractLab.open(server, warehouse, [order, item]);
    await lab.client.query(`create table sales_order (id int primary key, note text, price numeric(10,2), last_updated timestamp);
      create table item (order_id int, line int, name text, last_updated timestamp, primary key (order_id, line));
      insert into sales_order select n, 'note ' || n || repeat('x', 2000), n * 1.5, timestamp '2026-01-01' + n * interval '1.000001 s' from generate_series(1, 100) n;
      insert into item values (1, 1, '', '2026-01-01'), (1, 2, null, null), (2, 1, E'a "quoted", text\\nof two lines', '2026-01-02 03:04:05.678901')`);
    return lab;
  }

  test('the first run is the initial load, and a run without changes writes a manifest alone', async () => {
    const lab = await shop();
    const first = await lab.extract();
    expect(first).toMatchObject({
      run: 1,
      kind: 'full',
      tables: [
        { way: 'full', rows: 100 },
        { way: 'full', rows: 3, objects: 1 },
      ],
    });
    expect(first.tables[0]!.objects).toBeGreaterThan(1);
    expect(await lab.latest('sales_order')).toEqual(await lab.source('sales_order'));
    expect(await lab.latest('item')).toEqual(await lab.source('item'));

    expect(await lab.extract()).toMatchObject({
      run: 2,
      kind: 'incremental',
      tables: [{ way: 'changed', rows: 0, objects: 0 }, { rows: 0 }],
    });
    const [one, two] = await lab.manifests();
    expect(one!.tables[0]).toMatchObject({ mark_before: null, mark_after: '2026-01-01 00:01:40.0001', left_out: null });
    expect(two!.tables[0]).toMatchObject({ mark_before: '2026-01-01 00:01:40.0001', mark_after: '2026-01-01 00:01:40.0001', objects: [] });
    await lab.close();
  });

  test('a change is written once, also where a transaction stays open over several runs', async () => {
    const lab = await shop();
    await lab.extract();
    const slow = await connectPostgres(lab.url);
    await slow.query("begin; update sales_order set note = 'slow', last_updated = '2026-01-01' where id = 1");
    await lab.client.query("update sales_order set note = 'quick' where id = 2; update item set name = 'x' where order_id = 2");
    expect((await lab.extract()).tables.map(({ rows }) => rows)).toEqual([1, 1]);
    expect((await lab.extract()).tables.map(({ rows }) => rows)).toEqual([0, 0]);
    await slow.query('commit');
    await slow.end();
    expect((await lab.extract()).tables.map(({ rows }) => rows)).toEqual([1, 0]);
    expect((await lab.extract()).tables.map(({ rows }) => rows)).toEqual([0, 0]);
    expect(await lab.latest('sales_order')).toEqual(await lab.source('sales_order'));
    await lab.close();
  });

  test('what forces a full pass writes only what differs, and says why', async () => {
    const lab = await shop();
    await lab.extract();
    await lab.client.query("update sales_order set note = 'changed' where id = 7");
    await lab.client.query('vacuum full sales_order');
    await lab.client.query(
      `create table other as select * from item; insert into other values (3, 1, 'new', null); drop table item; alter table other rename to item`,
    );
    const { tables } = await lab.extract();
    expect(tables).toMatchObject([
      { way: 'compared', rows: 1, because: expect.stringContaining('written anew') },
      { way: 'compared', rows: 1, because: expect.stringContaining('dropped and created again') },
    ]);
    expect(await lab.latest('sales_order')).toEqual(await lab.source('sales_order'));
    expect(await lab.latest('item')).toEqual(await lab.source('item'));
    await lab.close();
  });

  test('--full writes every row again, of the tables asked for', async () => {
    const lab = await shop();
    await lab.extract();
    expect(await lab.extract({ full: true, tables: ['item'] })).toMatchObject({
      run: 2,
      kind: 'full',
      tables: [{ name: 'item', way: 'full', rows: 3 }],
    });
    expect((await lab.extract()).tables.map(({ rows }) => rows)).toEqual([0, 0]);
    await lab.close();
  });

  test('what drifts is left out, the others go on, and what is repaired brings all that changed meanwhile', async () => {
    const lab = await shop();
    await lab.extract();
    await lab.client.query("alter table item rename column name to title; update sales_order set note = 'one' where id = 1");
    const { tables } = await lab.extract();
    expect(tables).toMatchObject([{ rows: 1 }, { way: null, rows: 0, leftOut: expect.stringContaining('the column name is gone') }]);
    expect((await lab.manifests())[1]!.tables[1]).toMatchObject({ left_out: expect.stringContaining('gone'), objects: [] });
    await lab.client.query("update item set title = 'meanwhile' where order_id = 1 and line = 1");
    await lab.extract();
    await lab.client.query('alter table item rename column title to name');
    expect((await lab.extract()).tables).toMatchObject([{ rows: 0 }, { way: 'changed', rows: 1 }]);
    expect(await lab.latest('item')).toEqual(await lab.source('item'));

    await lab.client.query("alter table item add column size int default 5; insert into item values (9, 9, 'new', null, 6)");
    expect((await lab.extract()).tables[1]).toMatchObject({ rows: 1, added: ['size'] });
    expect((await lab.rows('item')).at(-1)?.row).toMatchObject({ size: '6' });

    await lab.client.query('alter table sales_order alter column price type numeric(12,2)');
    expect((await lab.extract()).tables[0]).toMatchObject({
      leftOut: expect.stringMatching(/price was numeric\(10,2\) and is numeric\(12,2\)/),
    });
    expect((await lab.extract({ full: true, tables: ['sales_order'] })).tables).toMatchObject([{ way: 'full', rows: 100 }]);
    await lab.client.query('drop table item');
    expect((await lab.extract()).tables).toMatchObject([
      { way: 'changed', rows: 0 },
      { leftOut: expect.stringContaining('no table item') },
    ]);
    await lab.close();
  });

  test('the catalogue has what changes of a table while it is left out, which is compared with what was read last', async () => {
    const lab = await shop();
    await lab.extract();
    const items = async () =>
      (await catalogueOf(warehouse, 'shop'))
        .filter(({ extract, table }) => extract === lab.name && table === 'item')
        .map(({ column, type, sinceRun, untilRun }) => [column, type, sinceRun, untilRun].join(' '));
    const key = ['order_id integer 1 ', 'line integer 1 '];
    await lab.client.query('alter table item rename column name to title');
    await lab.extract();
    expect((await items()).sort()).toEqual(
      [...key, 'last_updated timestamp without time zone 1 ', 'name text 1 2', 'title text 2 '].sort(),
    );
    await lab.client.query('alter table item alter column title type varchar(80), add column size int');
    await lab.extract();
    const third = [
      ...[...key, 'last_updated timestamp without time zone 1 ', 'name text 1 2', 'title text 2 3'],
      ...['title character varying(80) 3 ', 'size integer 3 '],
    ];
    expect((await items()).sort()).toEqual(third.sort());
    // Of what is no table nothing is known.
    await lab.client.query('alter table item rename to items; create view item as select 1');
    expect((await lab.extract()).tables[1]).toMatchObject({ leftOut: expect.stringContaining('not an ordinary table') });
    expect((await items()).sort()).toEqual(third.sort());
    await lab.client.query('drop view item; alter table items rename to item; alter table item rename column title to name');
    // The type is not the one that was read last, though it is the one that was seen last.
    for (let run = 5; run <= 6; run += 1)
      expect((await lab.extract()).tables[1]).toMatchObject({ leftOut: expect.stringMatching(/name was text and is character varying/) });
    await lab.client.query('alter table item alter column name type text; update item set size = 3 where line = 2');
    expect((await lab.extract()).tables[1]).toMatchObject({ way: 'compared', rows: 3, added: ['size'] });
    expect(await lab.latest('item')).toEqual(await lab.source('item'));
    await lab.client.query('drop table item');
    await lab.extract();
    expect((await items()).filter((line) => line.endsWith(' '))).toEqual([]);
    expect(await items()).toContain('size integer 3 8');
    await lab.close();
  }, 60_000);

  test('a table that the account may not read, or that is locked, stops no other one', async () => {
    const lab = await shop();
    await lab.client.query(`create role r${lab.name} login password 'r'; grant select on sales_order to r${lab.name}`);
    const address = new URL(lab.url);
    address.username = `r${lab.name}`;
    address.password = 'r';
    const source = { url: address.href, setting: 'SHOP_DATABASE_URL', schema: 'public' };
    expect((await lab.extract({}, { source })).tables).toMatchObject([
      { rows: 100 },
      { leftOut: expect.stringMatching(new RegExp(`may not read item \\(.*\\)\\. Run: grant select on public\\.item to r${lab.name}$`)) },
    ]);
    const locker = await connectPostgres(lab.url);
    await locker.query('begin; lock table sales_order');
    expect((await lab.extract()).tables).toMatchObject([{ leftOut: expect.stringContaining('locked') }, { rows: 3 }]);
    await locker.end();
    await lab.close();
  }, 60_000);

  test('a warehouse that forgot its runs takes them over from the lake, and writes nothing again', async () => {
    const lab = await shop();
    await lab.extract();
    await lab.client.query("update sales_order set note = 'two' where id = 2");
    await lab.extract();
    for (const table of ['extract_runs', 'extract_tables', 'extracted_versions', 'source_columns', 'extracts'])
      await warehouse.execute(`delete from gear.${table}`);
    await lab.client.query("update sales_order set note = 'three' where id = 3");
    const result = await lab.extract();
    expect(result).toMatchObject({
      run: 3,
      takenOver: [1, 2],
      tables: [
        { way: 'compared', rows: 1 },
        { way: 'compared', rows: 0 },
      ],
    });
    expect(await lab.latest('sales_order')).toEqual(await lab.source('sales_order'));
    await lab.close();
  });

  test('a lake that lacks the last run is refused', async () => {
    const lab = await shop();
    const other = await shop();
    await lab.extract();
    await other.extract();
    await expect(lab.extract({}, { lake: other.lake })).rejects.toMatchObject({
      type: 'misconfigured',
      message: expect.stringContaining('another'),
    });
    await lab.close();
    await other.close();
  });

  test('a mark never passes the time of the snapshot, and rows of a clock that is ahead are counted', async () => {
    const lab = await shop();
    await lab.extract();
    await lab.client.query(`update sales_order set last_updated = '2999-01-01' where id = 1;
      update sales_order set last_updated = 'infinity' where id = 2; update sales_order set last_updated = '2026-01-01 00:02:00' where id = 3`);
    expect((await lab.extract()).tables[0]).toMatchObject({ rows: 3, future: 1 });
    expect((await lab.manifests())[1]!.tables[0]).toMatchObject({ mark_after: '2026-01-01 00:02:00' });
    await lab.close();
  });
});
