import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { processBatch } from '../../../src/activities/processing/process-batch.js';
import { validatePipelines } from '../../../src/engine/definition/validate.js';
import { compilePipeline } from '../../../src/engine/compiled-pipeline.js';
import { martTables } from '../../../src/engine/marts/mart-tables.js';
import { createTable } from '../../../src/engine/sql/create-table.js';
import { refreshMart } from '../../../src/activities/marts/refresh-mart.js';
import { dyingAt, Killed } from '../../support/proxies/dying-warehouse.js';
import { sorted } from '../../support/mart-warehouse.js';
import { warehouses } from '../../support/servers/servers.js';
import { VaultWarehouse } from '../../support/vault-warehouse.js';
import { quietScope } from '../../support/warehouse-chain.js';
import { deliveries } from './deliveries.js';
import { martFiles } from './marts.js';
import { lastOf, type Delivery } from './last-of.js';
import { stock } from './stock.js';

describe.each(warehouses)('deleted keys on $name', ({ url }) => {
  let lab: VaultWarehouse;
  const { catalog, martRefreshes } = compilePipeline(stock, martFiles);
  beforeAll(async () => {
    const [definition] = validatePipelines([stock]);
    lab = await VaultWarehouse.make(url, definition!);
    for (const mart of catalog.marts) for (const table of martTables(mart)) await lab.warehouse.execute(createTable(table));
  });
  const clear = async () => {
    await lab.clear();
    for (const { target } of catalog.marts) await lab.warehouse.execute(`delete from ${target}`);
  };
  beforeEach(clear);
  afterAll(() => lab.close());

  const items = () => lab.warehouse.query('select item_id, name, group_id, kind from bulk.items order by item_id');
  const pieces = () => lab.warehouse.query('select region, sku, pieces from bulk.stock order by region, sku');
  const processAll = async (feed: string) => {
    for (let more = true; more;) ({ more } = await lab.process(feed, 0));
  };
  const killed = async (feed: string, statement: number) => {
    const deps = { ...lab.deps, warehouse: dyingAt(lab.warehouse, statement) };
    await processBatch(deps, { pipeline: stock.name, feed }, quietScope).catch((error: unknown) => {
      if (!(error instanceof Killed)) throw error;
    });
  };
  /** The changes of an entity, one after the other: each has before what the last one of its key had after. */
  const sumOfChanges = async () => {
    const changes = await lab.warehouse.query(
      'select c.* from gear.changes_items c join gear.loads l on l.load_id = c.load_id order by c.batch_number, l.load_datetime, c.item_id',
    );
    const rows = new Map<unknown, Record<string, unknown>>();
    for (const { item_id, change_kind, ...change } of changes) {
      const before = rows.get(item_id);
      if (change_kind !== 'deleted') expect(change_kind).toBe(before ? 'updated' : 'inserted');
      else expect(before).toBeDefined();
      for (const each of ['name', 'group_id', 'kind']) expect(change[`old_${each}`]).toEqual(before?.[each] ?? null);
      if (change_kind === 'deleted') rows.delete(item_id);
      else rows.set(item_id, { item_id, name: change.new_name, group_id: change.new_group_id, kind: change.new_kind });
    }
    return [...rows.values()].sort((a, b) => Number(a.item_id) - Number(b.item_id));
  };
  const latest = (table: string, key: string, kept: string) =>
    `(select * from (select ${key}, ${kept}, row_number() over (partition by ${key} order by load_datetime desc) as place from vault.${table}) r where place = 1)`;
  const itemsOfVault = () =>
    lab.warehouse.query(
      `select h.item_id, s.name, s.group_id, s.kind from vault.hub_item h
       join ${latest('sts_items', 'item_hk', 'is_active')} a on a.item_hk = h.item_hk and a.is_active
       join ${latest('sat_item', 'item_hk', 'name, group_id, kind')} s on s.item_hk = h.item_hk order by h.item_id`,
    );
  const stockOfVault = () =>
    lab.warehouse.query(
      `select r.region, k.sku, s.pieces from vault.link_place p
       join vault.hub_region r on r.region_hk = p.region_hk join vault.hub_sku k on k.sku_hk = p.sku_hk
       join ${latest('sts_stock', 'place_hk', 'is_active')} a on a.place_hk = p.place_hk and a.is_active
       join ${latest('sat_place', 'place_hk', 'pieces')} s on s.place_hk = p.place_hk order by r.region, k.sku`,
    );

  it('are those that the last word on each key says are deleted, in whichever order, batches and attempts files come', async () => {
    await fc.assert(
      fc.asyncProperty(deliveries, async (list) => {
        await clear();
        for (const { process, killedAt, consume, ...drop } of list) {
          await lab.stage(drop);
          if (process === 'killed') await killed(drop.feed, killedAt);
          else if (process !== 'no') await lab.process(drop.feed, process === 'append' ? 0 : undefined);
          if (consume) await consumeChanges();
        }
        await Promise.all(stock.feeds.map(({ name: feed }) => processAll(feed)));
        await consumeChanges();
        const expected = lastOf(list);
        expect(await items()).toEqual(expected.items);
        expect(await pieces()).toEqual(expected.stock);
        expect(await sumOfChanges()).toEqual(expected.items);
        expect(await itemsOfVault()).toEqual(expected.items);
        expect(await stockOfVault()).toEqual(expected.stock);
        expect(await wrongCounts()).toEqual([]);
        for (const mart of catalog.marts) expect(await rowsOf(mart.target)).toEqual(await rebuilt(mart.rows));
      }),
      { numRuns: Number(process.env.PROPERTY_RUNS ?? 15) },
    );
  });

  const consumeChanges = async () => {
    await lab.loadVault();
    for (const mart of martRefreshes) await refreshMart(lab.warehouse, mart);
  };
  const texts = async (sql: string) =>
    sorted((await lab.warehouse.query(sql)).map((row) => ({ row: Object.values(row).map(String).join(' ') })));
  const rowsOf = (target: string) => texts(`select * from ${target}`);
  const rebuilt = (rows: string) => texts(rows.replaceAll(/\[\[[^\]]*\]\]/g, ''));

  /** Loads of whose rows some were counted twice or not at all. */
  const wrongCounts = () =>
    lab.warehouse.query(
      `select l.load_id from gear.loads l
       join gear.load_counts n on n.load_id = l.load_id
       left join gear.load_deletions d on d.load_id = n.load_id and d.entity = n.entity
       where l.rows_staged <> n.inserted + n.updated + n.unchanged + n.superseded + n.outdated + n.left_out + coalesce(d.deleted, 0)`,
    );

  it('never come back with the same files delivered again, earlier ones later', async () => {
    const files: Delivery[] = [
      {
        feed: 'all_items',
        place: 10,
        rows: [
          ['1', 'a', '', 'x'],
          ['2', 'a', '', 'x'],
        ],
      },
      {
        feed: 'item_changes',
        place: 20,
        rows: [
          ['1', '', '', 'x', 'D'],
          ['3', 'c', '', 'x', 'U'],
        ],
      },
      { feed: 'all_items', place: 30, rows: [['3', 'c', '1', 'y']] },
    ];
    for (const file of [...files, files[1]!, files[0]!]) {
      await lab.stage(file);
      await processAll(file.feed);
    }
    expect(await items()).toEqual([{ item_id: 3, name: 'c', group_id: 1, kind: 'y' }]);
  });
});
