import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { validatePipelines } from '../../src/engine/definition/validate.js';
import { rebuildFromVault } from '../support/rebuild-from-vault.js';
import { warehouses } from '../support/servers/servers.js';
import { VaultWarehouse, type Drop } from '../support/vault-warehouse.js';
import { shop } from './orders-of-three-feeds.js';

interface Delivery extends Drop {
  readonly place: number;
  readonly date: string;
}

const id = fc.integer({ min: 1, max: 3 }).map(String);
const lead = fc.integer({ min: 7, max: 8 }).map(String);
const price = fc.constantFrom('1.5', '2.00', '3.25');
const rowsOf: Readonly<Record<string, fc.Arbitrary<string[]>>> = {
  first_orders: fc.tuple(id, fc.constantFrom('true', 'F'), fc.constantFrom('-1', '7'), price),
  leads: fc.tuple(lead, fc.oneof(id, fc.constant('')), price),
  company_orders: fc.tuple(id, price),
};
const delivery = fc.record({
  feed: fc.constantFrom('first_orders', 'leads', 'company_orders'),
  date: fc.constantFrom('2020-06-01', '2020-06-02', '2020-06-10'),
  place: fc.integer({ min: 1, max: 99 }),
  process: fc.constantFrom('no', 'append', 'merge'),
  vault: fc.boolean(),
});
const deliveries = fc
  .uniqueArray(delivery, { minLength: 2, maxLength: 7, selector: ({ date, place }) => `${date} ${place}` })
  .chain((list) => fc.tuple(...list.map((each) => fc.array(rowsOf[each.feed]!, { maxLength: 4 }).map((rows) => ({ ...each, rows })))))
  .map((list) => list.map((each) => (each.feed === 'first_orders' ? { ...each, date: '1000-01-01' } : each)));

describe.each(warehouses)('several feeds of one entity on $name', ({ url }) => {
  let lab: VaultWarehouse;
  beforeAll(async () => {
    const [definition] = validatePipelines([shop]);
    lab = await VaultWarehouse.make(url, definition!);
  });
  beforeEach(() => lab.clear());
  afterAll(() => lab.close());

  const orders = () => lab.warehouse.query('select order_id, is_lead, lead_id, price from bulk.orders order by order_id');
  const versions = () =>
    lab.warehouse.query('select order_id, delivery_date, price from bulk.order_versions order by order_id, delivery_date');
  const rebuilt = async () => {
    const { sql, datetimes } = rebuildFromVault(shop, 'orders');
    return lab.warehouse.query(
      sql,
      Array.from({ length: datetimes }, () => '2999-01-01'),
    );
  };
  /** The changes of an entity, one after the other: each has before what the last one of its key had after. */
  const sumOfChanges = async () => {
    const changes = await lab.warehouse.query(
      `select c.* from gear.changes_orders c join gear.loads l on l.load_id = c.load_id order by c.batch_number, l.load_datetime, c.order_id`,
    );
    const rows = new Map<unknown, Record<string, unknown>>();
    for (const change of changes) {
      const before = rows.get(change.order_id);
      expect(change.change_kind).toBe(before ? 'updated' : 'inserted');
      for (const name of ['is_lead', 'lead_id', 'price']) expect(change[`old_${name}`]).toEqual(before?.[name] ?? null);
      const { new_is_lead, new_lead_id, new_price } = change;
      rows.set(change.order_id, { order_id: change.order_id, is_lead: new_is_lead, lead_id: new_lead_id, price: new_price });
    }
    return [...rows.values()].sort((a, b) => Number(a.order_id) - Number(b.order_id));
  };

  it('gives the rows of the last delivery of each key, in whichever order and batches they come', async () => {
    await fc.assert(
      fc.asyncProperty(deliveries, async (list) => {
        await lab.clear();
        for (const { process, vault, ...drop } of list) {
          await lab.stage(drop);
          if (process !== 'no') await lab.process(drop.feed, process === 'append' ? 0 : undefined);
          if (vault) await lab.loadVault();
        }
        for (const { name } of shop.feeds) await lab.process(name, 0);
        await lab.loadVault();
        expect(await orders()).toEqual(lastOf(list, ({ order_id }) => order_id).map(({ delivery_date: _date, ...row }) => row));
        expect(await versions()).toEqual(
          lastOf(list, ({ order_id, delivery_date }) => `${order_id} ${delivery_date}`).map(({ order_id, delivery_date, price: paid }) => ({
            order_id,
            delivery_date,
            price: paid,
          })),
        );
        expect(await sumOfChanges()).toEqual(await orders());
        expect(await rebuilt()).toEqual(await orders());
        expect(await unexplained()).toEqual([]);
        expect(await partitionsWithout()).toEqual([]);
      }),
      { numRuns: 12 },
    );
  });

  /** Rows of the vault whose load is not told by record_source and load_datetime. */
  const unexplained = () =>
    lab.warehouse.query(
      `select s.record_source from (
         select record_source, load_datetime from vault.sat_order union all select record_source, load_datetime from vault.hub_order
         union all select record_source, load_datetime from vault.hub_lead union all select record_source, load_datetime from vault.link_order_lead
       ) s left join gear.loads l on concat(l.pipeline, '/', l.feed) = s.record_source and l.load_datetime = s.load_datetime
       where l.load_id is null`,
    );
  /** Dates that have a row of order_versions and no batch that changed them. */
  const partitionsWithout = () =>
    lab.warehouse.query(
      `select v.delivery_date from bulk.order_versions v
       left join gear.partition_changes p on p.entity = 'order_versions' and p.partition_date = v.delivery_date and p.feed = 'first_orders'
       where p.batch_number is null`,
    );

  it('counts the rows that an entity leaves out, and takes constants as a file would have them', async () => {
    await lab.stage({
      feed: 'leads',
      date: '2020-06-01',
      rows: [
        ['7', '1', '2'],
        ['8', '', '3'],
        ['8', '2', '4'],
      ],
    });
    expect(await lab.process('leads')).toMatchObject({ batch: 1, inserted: 2, leftOut: 1 });
    await lab.stage({
      feed: 'company_orders',
      date: '2020-06-01',
      rows: [
        ['2', '5'],
        ['3', '6'],
      ],
    });
    expect(await lab.process('company_orders')).toMatchObject({ batch: 2, inserted: 1, updated: 1, leftOut: 0 });
    expect(await orders()).toEqual([
      { order_id: 1, is_lead: 1, lead_id: 7, price: '2.00' },
      { order_id: 2, is_lead: 0, lead_id: -1, price: '5.00' },
      { order_id: 3, is_lead: 0, lead_id: -1, price: '6.00' },
    ]);
    expect(
      await lab.warehouse.query('select entity, inserted, updated, superseded, left_out from gear.load_counts order by load_id, entity'),
    ).toEqual([
      { entity: 'leads', inserted: 2, updated: 0, superseded: 1, left_out: 0 },
      { entity: 'order_versions', inserted: 2, updated: 0, superseded: 0, left_out: 1 },
      { entity: 'orders', inserted: 2, updated: 0, superseded: 0, left_out: 1 },
      { entity: 'order_versions', inserted: 1, updated: 1, superseded: 0, left_out: 0 },
      { entity: 'orders', inserted: 1, updated: 1, superseded: 0, left_out: 0 },
    ]);
    expect(await lab.warehouse.query('select feed, batch_number, loads from gear.batches order by batch_number')).toEqual([
      { feed: 'first_orders', batch_number: 1, loads: 1 },
      { feed: 'first_orders', batch_number: 2, loads: 1 },
    ]);
  });
});

interface Order {
  readonly order_id: number;
  readonly delivery_date: string;
  readonly is_lead: number;
  readonly lead_id: number;
  readonly price: string;
}

/** The rows that stand last in the order of deliveries, one for each key, by order and date. */
function lastOf(list: readonly Delivery[], keyOf: (order: Order) => unknown): Order[] {
  const rows = new Map<unknown, Order>();
  for (const drop of [...list].sort((a, b) => (a.date === b.date ? a.place - b.place : a.date < b.date ? -1 : 1)))
    for (const row of drop.rows) {
      const order = orderOf(drop, row);
      if (order) rows.set(keyOf(order), order);
    }
  return [...rows.values()].sort((a, b) => a.order_id - b.order_id || (a.delivery_date < b.delivery_date ? -1 : 1));
}

function orderOf({ feed, date }: Delivery, row: readonly string[]): Order | undefined {
  const order = (order_id: string, is_lead: boolean, lead_id: string, paid: string): Order => ({
    order_id: Number(order_id),
    delivery_date: date,
    is_lead: Number(is_lead),
    lead_id: Number(lead_id),
    price: Number(paid).toFixed(2),
  });
  const [first = '', second = '', third = '', fourth = ''] = row;
  if (feed === 'first_orders') return order(first, second === 'true', third, fourth);
  if (feed === 'company_orders') return order(first, false, '-1', second);
  return second === '' ? undefined : order(second, true, first, third);
}
