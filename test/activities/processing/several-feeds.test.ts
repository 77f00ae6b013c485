import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { compilePipeline } from '../../../src/engine/compiled-pipeline.js';
import type { FeedDefinition, PipelineDefinition } from '../../../src/engine/definition/types.js';
import { warehouseSchema } from '../../../src/engine/schema/warehouse-schema.js';
import { readMigrations } from '../../../src/config/read-migrations.js';
import { migrate } from '../../../src/gear/migrate/migrate.js';
import { shop as dated } from '../../properties/orders-of-three-feeds.js';
import { readLoadDetails } from '../../../src/status/loads/one-load.js';
import { FolderChain } from '../../support/folder-chain.js';
import { warehouses } from '../../support/servers/servers.js';
import { WarehouseChain } from '../../support/warehouse-chain.js';

/** The same feeds without dates, in one folder. */
const shop: PipelineDefinition = {
  ...dated,
  release: 'delete',
  feeds: dated.feeds.map(({ partition: _date, ...feed }): FeedDefinition => ({ ...feed, match: `^${feed.name}.*\\.csv$` })),
  entities: dated.entities.filter(({ name }) => name !== 'order_versions'),
};
/** Leads up to that number are good; its tables are as they were. */
const leadsUpTo = (max: string): PipelineDefinition => ({
  ...shop,
  feeds: shop.feeds.map((feed) => ({
    ...feed,
    columns: feed.columns.map((column) =>
      feed.name === 'leads' && column.name === 'lead_id' ? { ...column, type: { kind: 'integer', min: '1', max } } : column,
    ),
  })),
});

describe.each(warehouses)('feeds that fill one entity, on $name', ({ url }) => {
  const chains: WarehouseChain[] = [];
  afterEach(async () => {
    for (const chain of chains.splice(0).reverse()) await chain.close();
  });
  const open = async () => {
    const chain = await FolderChain.open(url, { pipeline: compilePipeline(shop, []) });
    chains.push(chain);
    return chain;
  };
  /** Puts a file that was written on that day of 2024, and loads it. */
  const deliver = async (chain: FolderChain, file: string, day: number, ...lines: readonly string[]) => {
    const path = join(chain.folder, file);
    await writeFile(path, `${lines.join('\n')}\n`);
    const time = new Date(Date.UTC(2024, 0, day));
    await utimes(path, time, time);
    return chain.pickup(file.split('-')[0]!);
  };
  const orders = async ({ warehouse }: WarehouseChain) =>
    (await warehouse.query('select order_id, is_lead, lead_id, price from bulk.orders order by order_id')).map((row) =>
      Object.values(row).join(' '),
    );

  it('give a row that was fixed in quarantine the place that it had, among the deliveries of all of them', async () => {
    const chain = await open();
    await deliver(chain, 'leads-1.csv', 1, 'lead,order,price', '7,1,x', '8,2,2');
    await chain.process('leads');
    await deliver(chain, 'company_orders-1.csv', 2, 'order,price', '1,5');
    await chain.process('company_orders');
    const [load] = await chain.warehouse.query<{ load_id: number; row_offset: number }>('select load_id, row_offset from gear.quarantine');
    const folder = join(chain.folder, await chain.quarantineFolder(load!.load_id));
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'leads-fixed.csv'), `strata_row,lead,order,price\n${load!.load_id}@${load!.row_offset},7,1,1\n`);
    await chain.backfill('leads', `file://${folder}`);
    expect(await chain.process('leads')).toMatchObject({ batch: 3, outdated: 1, leftOut: 0 });
    const none = { inserted: 0, updated: 0, unchanged: 0, superseded: 0, outdated: 0, leftOut: 0, deleted: 0, absent: 0 };
    expect((await readLoadDetails(chain.warehouse, 3))?.entities).toEqual([
      { ...none, entity: 'leads', inserted: 1 },
      { ...none, entity: 'orders', outdated: 1 },
    ]);
    expect(await orders(chain)).toEqual(['1 0 -1 5.00', '2 1 8 2.00']);
    expect(await chain.warehouse.query('select lead_id, order_id, price from bulk.leads order by lead_id')).toEqual([
      { lead_id: 7, order_id: 1, price: '1.00' },
      { lead_id: 8, order_id: 2, price: '2.00' },
    ]);
  });

  it('check the staged rows of one of them again where its contract alone has changed', async () => {
    const chain = await open();
    await deliver(chain, 'leads-1.csv', 1, 'lead,order,price', '70,1,1.00', '8,2,2', '9,,3');
    await deliver(chain, 'company_orders-1.csv', 2, 'order,price', '2,4.00');
    const narrower = compilePipeline(leadsUpTo('50'), []);
    await migrate(chain.warehouse, chain.prefix, warehouseSchema([narrower], await readMigrations()), { recheck: true });
    const next = new WarehouseChain({ url, prefix: chain.prefix, pipeline: narrower, sourceUrl: `file://${chain.folder}` });
    chains.push(next);
    expect(await next.process('leads')).toMatchObject({ inserted: 1, leftOut: 1 });
    expect(await next.process('company_orders')).toMatchObject({ updated: 1 });
    expect(await orders(next)).toEqual(['2 0 -1 4.00']);
    expect(await next.warehouse.query('select feed, reasons from gear.quarantine')).toEqual([{ feed: 'leads', reasons: 'bad_key' }]);
  });

  it('stay in their group once files were processed, and migrate says so', async () => {
    const chain = await open();
    const alone = shop.entities.map((entity) =>
      entity.name === 'orders' ? { ...entity, from: entity.from.filter(({ feed }) => feed !== 'leads') } : entity,
    );
    const split = warehouseSchema([compilePipeline({ ...shop, entities: alone }, [])], await readMigrations());
    const together = warehouseSchema([compilePipeline(shop, [])], await readMigrations());
    await migrate(chain.warehouse, chain.prefix, split);
    await migrate(chain.warehouse, chain.prefix, together);
    await deliver(chain, 'leads-1.csv', 1, 'lead,order,price', '7,1,1');
    await chain.process('leads');
    await expect(migrate(chain.warehouse, chain.prefix, split)).rejects.toThrow(
      /the batches of leads were counted with those of first_orders, now with those of leads/,
    );
    await migrate(chain.warehouse, chain.prefix, together);
  });
});
