import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import type { Postgres } from '../../../tools/servers/postgres.js';
import { ExtractLab, gearWarehouse } from '../../support/pipelines/extract-lab.js';
import { connectPostgres, ownPostgres } from '../../support/servers/own-postgres.js';
import { warehouse as server } from '../../support/servers/servers.js';

let postgres: Postgres;
let warehouse: Warehouse;
beforeAll(async () => {
  postgres = await ownPostgres();
  warehouse = await gearWarehouse(server.url);
});
afterAll(() => warehouse.close());

const open = (...names: readonly string[]) =>
  ExtractLab.open(
    postgres,
    warehouse,
    names.map((name) => ({ name, key: ['id'], mark: 'changed' })),
  );

test('every type of PostgreSQL comes as its text, and an account that sets how values look changes neither rows nor types', async () => {
  const lab = await open('odd');
  await lab.client.query(`create type mood as enum ('sad', 'so, "so"'); create type pair as (a int, b text);
    create domain moment as timestamp(6); create domain own_moment as moment not null;
    create table odd (id int generated always as identity primary key, changed own_moment, days date[], m mood, p pair, r int4range, span tstzrange,
      address inet, raw bytea, lasts interval, cost money, n numeric, f float8, t timestamp, tz timestamptz, j jsonb, x xml, bits bit varying, twice int generated always as (2 * 21) stored,
      "a, ""b""" text, "Ünïcode 🙂" text, "strata_row" text, "A" text, a text)`);
  await lab.client.query(`insert into odd values
      (default, '2026-01-01 00:00:00.000001', '{2026-01-01,NULL}', 'so, "so"', '(1,"a ""b""")', '[1,5)', '[2026-01-01 00:00+02,)',
       '::ffff:1.2.3.4/128', '\\x00ff0a', '1 year -2 days +03:04:05.678', 1234567.89, 'NaN', 'Infinity', 'infinity', '-infinity', '{"a": "\\u00e9\\n"}', '<a>"</a>', B'101',
       default, ' x ', '\\.', '', 'A', null),
      (default, '9999-12-31 23:59:59.999999', '{}', null, null, 'empty', null, '10.0.0.0/8', '', null, -0.01, 1e-20, '0.1', '0044-03-15 BC', '12022-01-01 00:00+00', 'null', null, B'',
       default, null, null, null, null, '')`);
  await lab.extract();
  const [first, second] = (await lab.rows('odd')).map(({ row }) => row);
  expect(first).toEqual({
    ...{ id: '1', changed: '2026-01-01 00:00:00.000001', days: '{2026-01-01,NULL}', m: 'so, "so"', p: '(1,"a ""b""")', r: '[1,5)' },
    ...{
      span: '["2025-12-31 22:00:00+00",)',
      address: '::ffff:1.2.3.4',
      raw: '\\x00ff0a',
      lasts: 'P1Y-2DT3H4M5.678S',
      cost: '$1,234,567.89',
    },
    ...{ n: 'NaN', f: 'Infinity', t: 'infinity', tz: '-infinity', j: '{"a": "é\\n"}', x: '<a>"</a>', bits: '101', twice: '42' },
    ...{ 'a, "b"': ' x ', 'Ünïcode 🙂': '\\.', strata_row: '', A: 'A', a: null },
  });
  expect(second).toMatchObject({
    days: '{}',
    raw: '\\x',
    n: '0.00000000000000000001',
    f: '0.1',
    t: '0044-03-15 00:00:00 BC',
    tz: '12022-01-01 00:00:00+00',
  });
  expect(second).toMatchObject({ r: 'empty', cost: '-$0.01', j: 'null', bits: '', a: '', A: null });
  const [before] = await lab.manifests();
  expect(before!.tables[0]).toMatchObject({ mark_after: '2026-01-01 00:00:00.000001' });

  await lab.client
    .query(`alter role strata set quote_all_identifiers = on; alter role strata set lc_monetary = 'C.utf8'; alter role strata set bytea_output = 'escape';
    alter role strata set intervalstyle = 'sql_standard'; alter role strata set datestyle = 'SQL, DMY'; alter role strata set timezone = 'Asia/Tokyo';
    alter role strata set extra_float_digits = -10; alter role strata set search_path = 'public'; alter role strata set client_encoding = 'LATIN1'`);
  try {
    expect((await lab.extract()).tables).toMatchObject([{ way: 'changed', rows: 0 }]);
    await lab.extract({ full: true });
    const [one, , three] = await lab.manifests();
    expect(three!.tables[0]!.columns).toEqual(one!.tables[0]!.columns);
    expect(three!.tables[0]!.objects.map(({ sha256 }) => sha256)).toEqual(one!.tables[0]!.objects.map(({ sha256 }) => sha256));
  } finally {
    await lab.client.query('alter role strata reset all');
  }
  await lab.close();
});

test('a table that others inherit from is read with their rows, also with old ones of a table that joins it or is emptied and filled', async () => {
  const lab = await open('base');
  await lab.client
    .query(`create table base (id int, note text, changed timestamp); create table child () inherits (base); create table late (changed timestamp, note text, id int, more int);
    insert into base values (1, 'a', null); insert into child values (2, 'b', null); insert into late values (null, 'c', 3, 4)`);
  await lab.extract();
  expect((await lab.extract()).tables).toMatchObject([{ way: 'changed', rows: 0 }]);
  await lab.client.query('alter table late inherit base');
  expect((await lab.extract()).tables).toMatchObject([{ way: 'compared', rows: 1, because: expect.stringContaining('other partitions') }]);
  await lab.client.query("update child set note = 'new'");
  expect((await lab.extract()).tables).toMatchObject([{ way: 'changed', rows: 1 }]);
  await lab.client.query('vacuum full child');
  expect((await lab.extract()).tables).toMatchObject([{ way: 'compared', rows: 0 }]);
  expect(await lab.latest('base')).toEqual(await lab.source('base'));
  await lab.client.query(
    'create extension postgres_fdw; create server other foreign data wrapper postgres_fdw; create foreign table far () inherits (base) server other',
  );
  expect((await lab.extract()).tables).toMatchObject([
    { leftOut: expect.stringMatching(/rows of public\.far, which is not an ordinary table/) },
  ]);
  await lab.close();
});

test('a partitioned table is read as one, whatever becomes of its partitions', async () => {
  const lab = await open('sale');
  await lab.client.query(`create table sale (id int, note text, changed timestamp) partition by range (id);
    create table low partition of sale for values from (0) to (100); create table high partition of sale for values from (100) to (200) partition by list (note);
    create table high_a partition of high for values in ('a'); create table other (changed timestamp, gone int, id int, note text); alter table other drop gone;
    insert into other values (now(), 250, 'old'); insert into sale values (1, 'x', null), (150, 'a', '2026-01-01')`);
  expect((await lab.extract()).tables).toMatchObject([{ way: 'full', rows: 2 }]);
  await lab.client.query(
    "update sale set id = 2 where id = 1; update sale set id = 99 where id = 150; insert into sale values (151, 'a', null)",
  );
  expect((await lab.extract()).tables).toMatchObject([{ way: 'changed', rows: 3 }]);
  await lab.client.query('alter table sale attach partition other for values from (200) to (300)');
  expect((await lab.extract()).tables).toMatchObject([{ way: 'compared', rows: 1, because: expect.stringContaining('other partitions') }]);
  await lab.client.query("update sale set note = 'newer' where id = 250; alter table sale detach partition low");
  expect((await lab.extract()).tables).toMatchObject([{ way: 'compared', rows: 1 }]);
  const latest = await lab.latest('sale');
  for (const [key, row] of await lab.source('sale')) expect(latest.get(key)).toEqual(row);
  await lab.close();
});

test('a row of many megabytes and lines is one row, and one that is deleted in the source stays in the lake', async () => {
  const lab = await open('wide');
  await lab.client.query(`create table wide (id int, note text, changed timestamp);
    insert into wide values (1, repeat(E'a "line", of many\n', 200000), null), (2, 'gone', null), (3, '', null)`);
  expect((await lab.extract()).tables).toMatchObject([{ rows: 3 }]);
  expect(await lab.latest('wide')).toEqual(await lab.source('wide'));
  await lab.client.query('delete from wide where id = 2');
  expect((await lab.extract()).tables).toMatchObject([{ way: 'changed', rows: 0 }]);
  await lab.client.query('vacuum full wide');
  expect((await lab.extract()).tables).toMatchObject([{ way: 'compared', rows: 0 }]);
  expect((await lab.latest('wide')).get('2')).toMatchObject({ note: 'gone' });
  await lab.client.query("insert into wide values (2, 'gone', null)");
  expect((await lab.extract()).tables).toMatchObject([{ way: 'changed', rows: 1 }]);
  await lab.close();
});

test('a run takes no lock beyond ACCESS SHARE, and no transaction of it is left once the last table is read', async () => {
  const lab = await open('one', 'two');
  // More of the first than what is on its way, so that its first object is written while it is still read.
  await lab.client.query(`create table one (id int primary key, note text, changed timestamp); create table two (like one);
    insert into one select n, repeat('x', 1000), null from generate_series(1, 40000) n; insert into two values (1, '', null)`);
  const seen: Record<string, unknown> = {};
  await lab.extract(
    {},
    {
      partBytes: 8 << 20,
      step: async (name) => {
        const { rows: locks } = await lab.client.query<{ mode: string }>(
          `select distinct l.mode from pg_locks l join pg_stat_activity a using (pid)
         where a.application_name = 'strata extract' and a.datname = current_database() and l.locktype = 'relation'`,
        );
        const { rows: sessions } = await lab.client.query<{ n: string }>(
          "select count(*) as n from pg_stat_activity where application_name = 'strata extract' and datname = current_database() and xact_start is not null",
        );
        seen[name] = [locks.map(({ mode }) => mode).join(), sessions[0]?.n];
      },
    },
  );
  expect(seen).toMatchObject({
    'before one 0': ['AccessShareLock', '1'],
    'before two 0': ['', '0'],
    'before prepare': ['', '0'],
  });
  await lab.close();
});

test('what keeps one table from being read is said of it, and the others go on', async () => {
  const lab = await open('policed', 'blank', 'bare', 'seen', 'good', 'Upper', 'columnar', 'empty');
  await lab.client.query(`create table policed (id int, changed timestamp); alter table policed enable row level security;
    create table blank (id int, changed timestamp, "x" int, "x " int); create table bare (); create view seen as select 1 as id;
    create table good (id int, changed timestamp); insert into good values (1, null); create table empty (id int, changed timestamp);
    create access method columns type table handler heap_tableam_handler; create table columnar (id int, changed timestamp) using columns`);
  await lab.client.query(`create role p${lab.name} login password 'p'; grant select on all tables in schema public to p${lab.name}`);
  const address = new URL(lab.url);
  address.username = `p${lab.name}`;
  address.password = 'p';
  const { tables } = await lab.extract({}, { source: { url: address.href, setting: 'SHOP_DATABASE_URL', schema: 'public' } });
  expect(tables).toMatchObject([
    { leftOut: expect.stringMatching(new RegExp(`policy of row-level security .* alter role p${lab.name} bypassrls$`)) },
    { leftOut: expect.stringContaining('differ only in the blanks at their ends') },
    { leftOut: expect.stringContaining('columns that bare does not have: id, changed') },
    { leftOut: expect.stringContaining('not an ordinary table') },
    { way: 'full', rows: 1 },
    { leftOut: expect.stringContaining('no table Upper') },
    { leftOut: expect.stringMatching(/^columnar is stored .* keeps no row versions: public\.columnar \(columns\)$/) },
    { way: 'full', rows: 0, objects: 0 },
  ]);
  await lab.close();
});

/** A database of that encoding, with a row in each of two tables. */
async function encoded(
  lab: ExtractLab,
  encoding: string,
  broken: string,
  good: string,
): Promise<{ url: string; setting: string; schema: string }> {
  const name = `e${lab.name}`;
  await lab.client.query(`create database ${name} encoding '${encoding}' locale 'C' template template0`);
  const url = new URL(lab.url);
  url.pathname = `/${name}`;
  const client = await connectPostgres(url.href);
  await client.query(`create table broken (id int, note text, changed timestamp); create table good (id int, note text, changed timestamp);
    insert into broken values (1, ${broken}, null), (2, 'x', null); insert into good values (1, ${good}, null)`);
  await client.end();
  return { url: url.href, setting: 'SHOP_DATABASE_URL', schema: 'public' };
}

test('a value that has no form in UTF-8 leaves out its table alone', async () => {
  const lab = await open('broken', 'good');
  const source = await encoded(lab, 'WIN1252', 'chr(129)', 'chr(233)');
  expect((await lab.extract({}, { source })).tables).toMatchObject([{ leftOut: expect.stringContaining('no form in UTF-8') }, { rows: 1 }]);
  expect((await lab.rows('good'))[0]?.row).toMatchObject({ note: 'é' });
  await lab.close();
});

test('a row that is not UTF-8 comes as it is where the database checks no encoding, for landing puts that row alone into quarantine', async () => {
  const lab = await open('broken', 'good');
  const source = await encoded(lab, 'SQL_ASCII', 'chr(255)', 'chr(195) || chr(169)');
  expect((await lab.extract({}, { source })).tables).toMatchObject([{ rows: 2 }, { rows: 1 }]);
  const [manifest] = await lab.manifests();
  const bytes = gunzipSync(await buffer((await lab.lake.open(manifest!.tables[0]!.objects[0]!.key))!));
  expect(bytes.toString('latin1')).toBe('id,note,changed\n1,\u00ff,\n2,x,\n');
  expect((await lab.rows('good'))[0]?.row).toMatchObject({ note: 'é' });
  await lab.close();
});
