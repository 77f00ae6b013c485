import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { compilePipeline } from '../../../src/engine/compiled-pipeline.js';
import { validatePipelines } from '../../../src/engine/definition/validate.js';
import { FolderChain } from '../../support/folder-chain.js';
import { warehouses } from '../../support/servers/servers.js';
import { documentAt, fencedBlocks, tables } from '../documents.js';

const page = documentAt('docs/how-to/pipelines/one-table-from-several-feeds.md');
const blocks = fencedBlocks(page);
const [printed] = tables(page);
const block = (name: string) => blocks.find((each) => each.name === name)!.text;

describe.each(warehouses)('the pipeline of docs/how-to/pipelines/one-table-from-several-feeds.md on $name', ({ url }) => {
  let chain: FolderChain;
  beforeAll(async () => {
    const source = `data:text/javascript,${encodeURIComponent(block('shop/shop.mjs'))}`;
    const [definition] = validatePipelines([((await import(source)) as { readonly default: unknown }).default]);
    chain = await FolderChain.open(url, { pipeline: compilePipeline(definition!, []) });
  });
  afterAll(() => chain.close());

  it.each([
    ['as they were written', ['shop_orders', 'leads']],
    ['the other way round', ['leads', 'shop_orders']],
  ])('makes the table that the page prints, with the files loaded %s', async (_what, order) => {
    await chain.reset();
    for (const [index, file] of ['orders-1.csv', 'leads-1.csv'].entries()) {
      await writeFile(join(chain.folder, file), block(`shop/files/${file}`));
      const time = new Date(Date.UTC(2024, 0, 1 + index));
      await utimes(join(chain.folder, file), time, time);
    }
    const counts: Record<string, number> = {};
    for (const feed of order) {
      await chain.pickup(feed);
      counts[feed] = (await chain.process(feed)).leftOut;
    }
    expect(counts).toEqual({ shop_orders: 0, leads: 1 });
    const rows = await chain.warehouse.query('select order_id, lead_id, amount from bulk.orders order by order_id');
    expect(rows.map((row) => Object.values(row).map(String))).toEqual(printed);
  });
});
