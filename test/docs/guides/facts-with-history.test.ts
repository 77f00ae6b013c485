import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { compilePipeline } from '../../../src/engine/compiled-pipeline.js';
import { validatePipelines } from '../../../src/engine/definition/validate.js';
import { FolderChain } from '../../support/folder-chain.js';
import { warehouses } from '../../support/servers/servers.js';
import { documentAt, fencedBlocks, tables } from '../documents.js';

const page = documentAt('docs/how-to/databases/facts-with-history.md');
const blocks = fencedBlocks(page);
const [facts = [], current = []] = tables(page);
const block = (name: string) => blocks.find((each) => each.name === name)!.text;

describe.each(warehouses)('the pipeline of docs/how-to/databases/facts-with-history.md on $name', ({ url }) => {
  let chain: FolderChain;
  beforeAll(async () => {
    const source = `data:text/javascript,${encodeURIComponent(block('shop/shop.mjs'))}`;
    const [definition] = validatePipelines([((await import(source)) as { readonly default: unknown }).default]);
    const sqlFiles = ['bus/fact_orders.sql', 'bus/current_orders.sql'].map((path) => ({ path, text: block(`shop/sql/${path}`) }));
    chain = await FolderChain.open(url, { pipeline: compilePipeline(definition!, sqlFiles) });
  });
  afterAll(() => chain.close());

  it('makes the tables that the page prints, also when all marts are rebuilt', async () => {
    for (const number of [1, 2, 3]) {
      const file = join(chain.folder, `orders-${number}.csv`);
      await writeFile(file, block(`shop/files/orders-${number}.csv`));
      const time = new Date(Date.UTC(2024, 0, number));
      await utimes(file, time, time);
      await chain.pickup('shop_orders');
      await chain.process('shop_orders');
      await chain.refresh();
    }
    const rowsOf = async (name: string) =>
      (await chain.warehouse.query(`select record_id, order_id, amount, changed_at from bus.${name} order by record_id`)).map((row) =>
        Object.values(row).map((value) => (value === null ? '' : String(value))),
      );
    expect(await rowsOf('fact_orders')).toEqual(facts);
    expect(await rowsOf('current_orders')).toEqual(current);
    await chain.refresh(true);
    expect(await rowsOf('fact_orders')).toEqual(facts);
  });
});
