import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { reportSections } from '../../../src/contracts/report-tables.js';
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

test('nothing is missed of long transactions by an account that sees no other session, and each run says how it read', async () => {
  const tables = ['item', 'still'].map((name) => ({ name, key: ['id'], mark: 'changed' }));
  const lab = await ExtractLab.open(postgres, warehouse, tables);
  const account = `s${lab.name}`;
  await lab.client.query(`create table item (id int primary key, note text, changed timestamp); create table still (like item);
    insert into item select n, 'first', '2026-01-01' from generate_series(1, 10) n; insert into still values (1, 'first', '2026-01-01');
    create role ${account} login password 's'; grant select on item, still to ${account};
    revoke select on pg_stat_activity from public; revoke execute on function pg_stat_get_activity(int) from public`);
  const address = Object.assign(new URL(lab.url), { username: account, password: 's' }).href;
  const reader = await connectPostgres(address);
  await expect(reader.query('select min(xact_start) from pg_stat_activity')).rejects.toThrow('permission denied');
  await reader.end();
  const source = { url: address, setting: 'SHOP_DATABASE_URL', schema: 'public' };

  const long = await connectPostgres(lab.url);
  await long.query(
    "begin; update item set note = 'long', changed = '2026-01-02' where id = 1; savepoint s; update item set note = 'below' where id = 2",
  );
  const runs = [await lab.extract({}, { source })];
  // The mark of others goes past that of the long one.
  await lab.client.query("update item set note = 'quick', changed = '2026-03-01' where id = 3");
  runs.push(await lab.extract({}, { source }));
  await long.query('commit');
  await long.end();
  runs.push(await lab.extract({}, { source }));
  await lab.client.query('vacuum full item');
  runs.push(await lab.extract({}, { source }));
  expect(await lab.latest('item')).toEqual(await lab.source('item'));

  const shown = runs.map((extract) => reportSections({ extract })[0]!);
  expect(shown.map(({ rows }) => rows.map(([table, way, count]) => [table, way, count]))).toEqual([
    [
      ['item', 'every row', '10'],
      ['still', 'every row', '1'],
    ],
    [['item', 'changed rows', '1']],
    [['item', 'changed rows', '2']],
    [['item', 'every row compared', '0']],
  ]);
  for (const { lines } of shown)
    expect(lines[0]!.text).toMatch(/^run \d, as of \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, in a snapshot that was open for \d+ (s|min)/);
  const ways = await warehouse.query<{ run: number; read_way: string }>(
    `select r.run, t.read_way from gear.extracts e join gear.extract_runs r on r.extract_id = e.extract_id
     join gear.extract_tables t on t.run_id = r.run_id where e.extract = ? and t.table_name = 'item' order by r.run`,
    [lab.name],
  );
  expect(ways.map(({ read_way: way }) => way)).toEqual(['full', 'changed', 'changed', 'compared']);
  await lab.close();
});
