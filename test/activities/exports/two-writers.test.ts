import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeExport } from '../../../src/activities/exports/write-export.js';
import { openStore } from '../../../src/connectors/open-store.js';
import type { ObjectStore } from '../../../src/engine/object-store.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import { compileDated, deliverOrders, type OrderRow } from '../../support/pipelines/dated-pipeline.js';
import { migratedWarehouse } from '../../support/mart-warehouse.js';
import { warehouses } from '../../support/servers/servers.js';
import { quietScope } from '../../support/warehouse-chain.js';

const allOrders = `-- export: all_orders
-- All versions of orders.
-- format: csv
-- to: all/part-{part}.csv
-- part: 1 kB

-- columns
order_id bigint
country varchar(20)

-- rows
select order_id, country from bulk.order_versions order by order_id
`;
const pipeline = compileDated((files) => (files['exports/all_orders.sql'] = allOrders));
const [each] = pipeline.exports;

describe.each(warehouses)('an export that is not by date on $name', ({ url }) => {
  const folder = mkdtempSync(join(tmpdir(), 'strata-writers-'));
  const store = openStore(pathToFileURL(folder).href);
  let warehouse: Warehouse;
  beforeAll(async () => {
    warehouse = await migratedWarehouse(url, pipeline);
  });
  afterAll(async () => {
    await warehouse.close();
    rmSync(folder, { recursive: true });
  });

  const write = (to: ObjectStore) => writeExport({ warehouse, pipeline: 'shop', export: each!, store: to, force: false }, quietScope);
  const orders = (from: number, count: number): OrderRow[] => Array.from({ length: count }, (_, index) => [from + index, 'ES', '1']);

  it('has the parts of one version when two write it at the same time: the second one waits', async () => {
    await deliverOrders(warehouse, 1, '2024-03-01', orders(100_001, 150));
    let arrived = () => undefined as void;
    let goOn = () => undefined as void;
    const isThere = new Promise<void>((resolve) => (arrived = resolve));
    const released = new Promise<void>((resolve) => (goOn = resolve));
    const order: string[] = [];
    const slow = Object.create(store, {
      stage: {
        value: async (...of: Parameters<ObjectStore['stage']>) => {
          arrived();
          await released;
          order.push('first');
          return store.stage(...of);
        },
      },
    }) as ObjectStore;
    const first = write(slow);
    await isThere;
    await deliverOrders(warehouse, 2, '2024-03-01', orders(100_151, 150));
    const second = write(store).then((result) => (order.push('second'), result));
    goOn();
    expect([(await first).rows, (await second).rows]).toEqual([150, 300]);
    expect([order[0], order.at(-1)]).toEqual(['first', 'second']);
    const parts = readdirSync(join(folder, 'all')).sort();
    const lines = parts.flatMap((part) =>
      readFileSync(join(folder, 'all', part), 'utf8')
        .trimEnd()
        .split('\n')
        .slice(1),
    );
    expect(lines).toEqual(Array.from({ length: 300 }, (_, index) => `${100_001 + index},ES`));
    expect(await write(store)).toMatchObject({ key: 'all/part-00000.csv', parts: parts.length, changed: false });
  });
});
