import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { restoreBucket } from '../../../src/activities/processed/restore-bucket.js';
import { verifyBucket } from '../../../src/activities/processed/verify-bucket.js';
import { FileStore } from '../../../src/connectors/file/file-store.js';
import { compilePipeline, type CompiledPipeline } from '../../../src/engine/compiled-pipeline.js';
import { validatePipelines } from '../../../src/engine/definition/validate.js';
import { FolderChain } from '../../support/folder-chain.js';
import { warehouses } from '../../support/servers/servers.js';
import { documentAt, fencedBlocks, tables } from '../documents.js';

const facts = documentAt('docs/how-to/databases/facts-with-history.md');
const page = documentAt('docs/how-to/databases/processed-bucket.md');
const [versions = [], current = []] = tables(facts);
const blockOf = (name: string, ...pages: readonly (typeof page)[]) => pages.flatMap(fencedBlocks).find((each) => each.name === name)!.text;

describe.each(warehouses)('the bucket of docs/how-to/databases/processed-bucket.md on $name', ({ url }) => {
  let chain: FolderChain;
  let pipeline: CompiledPipeline;
  let folder: string;
  let bucket: FileStore;
  beforeAll(async () => {
    const source = `data:text/javascript,${encodeURIComponent(blockOf('shop/shop.mjs', facts))}`;
    const { default: shop } = (await import(source)) as { readonly default: object };
    const processed = {
      into: 'SHOP_PROCESSED_URL',
      facts: [{ mart: 'fact_orders', newest: 'newest_orders', view: 'current_orders' }],
    };
    const [definition] = validatePipelines([{ ...shop, processed }]);
    const sqlFiles = ['bus/fact_orders.sql', 'bus/newest_orders.sql', 'bus/current_orders.sql'].map((path) => ({
      path,
      text: blockOf(`shop/sql/${path}`, page, facts),
    }));
    pipeline = compilePipeline(definition!, sqlFiles);
    chain = await FolderChain.open(url, { pipeline });
    folder = await mkdtemp(join(tmpdir(), 'strata-processed-'));
    bucket = new FileStore(folder, 0);
  });
  afterAll(async () => {
    await chain.close();
    await rm(folder, { recursive: true });
  });

  const rowsOf = async (name: string) =>
    (await chain.warehouse.query(`select record_id, order_id, amount, changed_at from bus.${name} order by record_id`)).map((row) =>
      Object.values(row).map((value) => (value === null ? '' : String(value))),
    );
  const work = () => ({
    ...{ warehouse: chain.warehouse, bucket, pipeline: 'shop', tables: pipeline.processed },
    signal: new AbortController().signal,
  });

  it('makes the tables of an empty warehouse, with the newest version of each order', async () => {
    for (const number of [1, 2, 3]) {
      const file = join(chain.folder, `orders-${number}.csv`);
      await writeFile(file, blockOf(`shop/files/orders-${number}.csv`, facts));
      const time = new Date(Date.UTC(2024, 0, number));
      await utimes(file, time, time);
      await chain.pickup('shop_orders');
      await chain.process('shop_orders');
      await chain.refresh();
      expect((await chain.writeProcessed(bucket)).run).toBe(number);
    }
    expect(await rowsOf('fact_orders')).toEqual(versions);
    expect(await rowsOf('current_orders')).toEqual(current);
    const { tables: compared, behind } = await verifyBucket(work());
    expect(behind).toEqual([]);
    expect(compared.map(({ table, rows, missing, extra, different }) => [table, rows, missing + extra + different])).toEqual([
      ['bus.fact_orders', 3, 0],
      ['bus.newest_orders', 2, 0],
      ['bus.current_orders', 2, 0],
    ]);

    await chain.reset();
    expect((await restoreBucket({ ...work(), refreshes: pipeline.martRefreshes })).run).toBe(3);
    expect(await rowsOf('fact_orders')).toEqual(versions);
    expect(await rowsOf('current_orders')).toEqual(current);
  });
});
