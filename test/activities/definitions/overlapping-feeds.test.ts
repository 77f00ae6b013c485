import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitingFiles } from '../../../src/cli/waiting-files.js';
import { FileStore } from '../../../src/connectors/file/file-store.js';
import { compilePipeline } from '../../../src/engine/compiled-pipeline.js';
import type { FeedDefinition } from '../../../src/engine/definition/types.js';
import { freshPrefix, warehouses } from '../../support/servers.js';
import { WarehouseChain } from '../../support/warehouse-chain.js';

const feed = (name: string, match: string): FeedDefinition => ({
  name,
  match,
  reasons: ['bad_id'],
  columns: [{ name: 'id', header: 'Id', type: { kind: 'integer', min: '1', max: '999' }, reason: 'bad_id' }],
  entities: [{ name, key: ['id'], values: [] }],
});

describe.each(warehouses)('feeds whose patterns overlap, on $name', ({ url }) => {
  let folder: string;
  let chain: WarehouseChain;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-overlap-'));
    const definition = {
      name: 'shop',
      sourceSetting: 'SHOP_SOURCE_URL',
      schedules: { pickup: '*/3 * * * *', process: '*/10 * * * *', aggregate: '*/10 * * * *' },
      feeds: [feed('customers', '^(customers|orders).*'), feed('orders', '^orders.*\\.csv$')],
      surrogates: [],
      vault: { hubs: [], links: [], satellites: [] },
      sqlFolder: 'sql/shop',
    };
    chain = new WarehouseChain({
      url,
      prefix: freshPrefix(),
      pipeline: compilePipeline(definition, []),
      sourceUrl: `file://${folder}`,
      openStore: (address) => new FileStore(fileURLToPath(address), 0),
    });
    await chain.migrate();
    await mkdir(join(folder, 'archive'));
    for (const name of ['customers-1.csv', 'orders-1.csv', 'orders-2.txt', 'archive/orders-3.csv']) await writeFile(join(folder, name), 'Id\n1\n');
  });
  afterAll(async () => {
    await chain.close();
    await rm(folder, { recursive: true });
  });

  it('take no object that two of them match, and status names it with both', async () => {
    const status = await waitingFiles(chain.stores.sourceOf('shop'), chain.definition);
    expect(status.leftAlone).toEqual({
      files: 1,
      shown: [{ key: 'orders-1.csv', reason: expect.stringMatching(/the feeds customers and orders both match it; narrow the match/) as unknown }],
    });
    expect(status.feeds).toMatchObject({ customers: { files: 2 }, orders: { files: 0 } });
    expect(await chain.pickup('customers')).toHaveLength(2);
    expect(await chain.pickup('orders')).toEqual([]);
    expect(await chain.backfill('orders', `file://${folder}/archive`)).toEqual([]);
    expect(await readdir(folder)).toEqual(expect.arrayContaining(['archive', 'orders-1.csv']));
    expect(await readdir(folder)).not.toContain('customers-1.csv');
    expect(await chain.warehouse.query('select feed, object_key from gear.loads order by object_key')).toEqual([
      { feed: 'customers', object_key: 'customers-1.csv' },
      { feed: 'customers', object_key: 'orders-2.txt' },
    ]);
  });
});
