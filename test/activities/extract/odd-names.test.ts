import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import { ExtractLab, gearWarehouse } from '../../support/pipelines/extract-lab.js';
import { ownPostgres } from '../../support/servers/own-postgres.js';
import { warehouse as server } from '../../support/servers/servers.js';

let warehouse: Warehouse;
beforeAll(async () => {
  warehouse = await gearWarehouse(server.url);
});
afterAll(() => warehouse.close());

test('tables, keys and marks may have capitals, blanks and words of SQL in their names', async () => {
  const lab = await ExtractLab.open(await ownPostgres(), warehouse, [
    { name: 'OrderLine', key: ['orderId', 'Line "No"'], mark: 'updatedAt' },
    { name: 'orderline', key: ['select'], mark: 'updatedAt', columns: ['select', 'größe', 'updatedAt'] },
  ]);
  await lab.client.query(`create table "OrderLine" ("orderId" uuid, orderid int, "Line ""No""" int, "updatedAt" timestamp);
    create table orderline ("select" int, "größe" text, "updatedAt" timestamptz, more text);
    insert into "OrderLine" values ('6f9619ff-8b86-d011-b42d-00c04fc964ff', 1, 1, null), ('6f9619ff-8b86-d011-b42d-00c04fc964ff', 2, 2, now());
    insert into orderline values (1, 'L', now(), 'm')`);
  expect((await lab.extract()).tables).toMatchObject([{ rows: 2 }, { rows: 1 }]);
  await lab.client.query('update "OrderLine" set orderid = 3 where orderid = 2');
  expect((await lab.extract()).tables).toMatchObject([{ way: 'changed', rows: 1 }, { rows: 0 }]);
  await lab.client.query('vacuum full "OrderLine"');
  expect((await lab.extract()).tables).toMatchObject([{ way: 'compared', rows: 0 }, { rows: 0 }]);
  expect((await lab.rows('OrderLine')).map(({ row }) => row.orderid)).toEqual(['1', '2', '3']);
  expect((await lab.rows('orderline')).map(({ row }) => Object.keys(row))).toEqual([['select', 'größe', 'updatedAt']]);
  await lab.close();
});
