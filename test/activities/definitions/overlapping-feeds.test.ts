import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { claimObjects } from '../../../src/activities/pickup/claim-objects.js';
import { neighboursOf } from '../../../src/engine/definition/match/neighbours.js';
import { createStores } from '../../../src/engine/stores.js';
import { checkSharedSources } from '../../../src/cli/doctor/check-shared-sources.js';
import type { Finding } from '../../../src/cli/doctor/finding.js';
import { waitingFiles } from '../../../src/status/waiting-files.js';
import { readMigrations } from '../../../src/config/read-migrations.js';
import { readSettings } from '../../../src/config/settings.js';
import { FileStore } from '../../../src/connectors/file/file-store.js';
import { migrate } from '../../../src/gear/migrate/migrate.js';
import { openStore } from '../../../src/connectors/open-store.js';
import type { LoadSource } from '../../../src/contracts/activities/pickup.js';
import { compilePipeline } from '../../../src/engine/compiled-pipeline.js';
import type { FeedDefinition } from '../../../src/engine/definition/types.js';
import { warehouseSchema } from '../../../src/engine/schema/warehouse-schema.js';
import { freshPrefix, warehouses } from '../../support/servers/servers.js';
import { quietScope, WarehouseChain } from '../../support/warehouse-chain.js';

const feed = (name: string, match: string): FeedDefinition => ({
  name,
  match,
  reasons: ['bad_id'],
  columns: [{ name: 'id', header: 'Id', type: { kind: 'integer', min: '1', max: '999' }, reason: 'bad_id' }],
});

const pipelineOf = (name: string, feeds: readonly FeedDefinition[]) =>
  compilePipeline(
    {
      name,
      sourceSetting: `${name.toUpperCase()}_SOURCE_URL`,
      schedules: { pickup: '*/3 * * * *', process: '*/10 * * * *', aggregate: '*/10 * * * *' },
      feeds,
      entities: feeds.map(({ name: feedName }) => ({ name: feedName, key: ['id'], values: [], from: [{ feed: feedName }] })),
      surrogates: [],
      vault: { hubs: [], links: [], satellites: [] },
      sqlFolder: `sql/${name}`,
    },
    [],
  );

describe.each(warehouses)('feeds whose patterns overlap, on $name', ({ url }) => {
  let folder: string;
  let chain: WarehouseChain;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-overlap-'));
    const feeds = [feed('customers', '^(customers|orders).*'), feed('orders', '^orders.*\\.csv$')];
    chain = new WarehouseChain({
      url,
      prefix: freshPrefix(),
      pipeline: pipelineOf('shop', feeds),
      sourceUrl: `file://${folder}`,
      openStore: (address) => new FileStore(fileURLToPath(address), 0),
    });
    await chain.migrate();
    await mkdir(join(folder, 'archive'));
    for (const name of ['customers-1.csv', 'orders-1.csv', 'orders-2.txt', 'archive/orders-3.csv'])
      await writeFile(join(folder, name), 'Id\n1\n');
  });
  afterAll(async () => {
    await chain.close();
    await rm(folder, { recursive: true });
  });

  it('take no object that two of them match, and status names it with both', async () => {
    const status = await waitingFiles(chain.stores.sourceOf('shop'), chain.definition);
    expect(status.leftAlone).toEqual({
      files: 2,
      shown: [
        // The pipeline archives nothing.
        { key: 'archive/', reason: expect.stringContaining("a folder that no feed's match names") as unknown },
        { key: 'orders-1.csv', reason: expect.stringMatching(/the feeds customers and orders both match it. Narrow the match/) as unknown },
      ],
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

describe.each(warehouses)('pipelines that read the same source, on $name', ({ url }) => {
  const [shop, books] = [pipelineOf('shop', [feed('orders', '^orders.*')]), pipelineOf('books', [feed('sales', '^(orders-eu|sales).*')])];
  const pipelines = new Map([shop, books].map((each) => [each.definition.name, each]));
  let folder: string;
  let chain: WarehouseChain;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata overlap-'));
    chain = new WarehouseChain({ url, prefix: freshPrefix(), pipeline: shop, sourceUrl: `file://${folder}` });
    await migrate(chain.warehouse, chain.prefix, warehouseSchema([shop, books], await readMigrations()));
    await mkdir(join(folder, 'books here'));
    for (const name of [
      'orders-eu.csv',
      'orders-us.csv',
      'sales.csv',
      'books here/orders-eu.csv',
      'books here/orders-us.csv',
      'books here/sales.csv',
    ]) {
      await writeFile(join(folder, name), 'Id\n1\n');
    }
  });
  afterAll(async () => {
    await chain.close();
    await rm(folder, { recursive: true });
  });

  /** What each feed claims with the second pipeline's source at the address, and what it is told of files that it leaves. */
  const claims = async (booksUrl: string, pipeline: string, source: LoadSource = { kind: 'feed' }) => {
    await chain.reset();
    const quick = (address: string) => new FileStore(fileURLToPath(address), 0);
    const stores = createStores(
      new Map([
        ['shop', () => `file://${folder}`],
        ['books', () => booksUrl],
      ]),
      (address) => (address.startsWith('file:') ? quick(address) : openStore(address)),
    );
    const name = pipelines.get(pipeline)?.definition.feeds[0]?.name ?? '';
    const { faults } = await claimObjects({ warehouse: chain.warehouse, pipelines, stores }, { pipeline, feed: name, source }, quietScope);
    const loads = await chain.warehouse.query<{ object_key: string }>('select object_key from gear.loads order by object_key');
    const waiting = await waitingFiles(
      stores.sourceOf(pipeline),
      pipelines.get(pipeline)!.definition,
      neighboursOf(pipeline, pipelines, stores),
    );
    return {
      faults,
      keys: loads.map(({ object_key: key }) => key),
      leftAlone: waiting.leftAlone.shown.filter(({ key }) => !key.endsWith('/')),
    };
  };

  it('take no object that feeds of two match, and status names it with both', async () => {
    const same = `file://${folder}/`;
    const reason = (names: string) => expect.stringContaining(`the feeds ${names} both match it. Narrow the match`) as unknown;
    expect(await claims(same, 'shop')).toEqual({
      faults: [reason('orders and books/sales')],
      keys: ['orders-us.csv'],
      leftAlone: [{ key: 'orders-eu.csv', reason: reason('orders and books/sales') }],
    });
    expect(await claims(same, 'books')).toEqual({
      faults: [reason('sales and shop/orders')],
      keys: ['sales.csv'],
      leftAlone: [{ key: 'orders-eu.csv', reason: reason('sales and shop/orders') }],
    });
  });

  it('leave the folder that is the source of one to it', async () => {
    const inner = `file://${folder}/books%20here`;
    expect(await claims(inner, 'books')).toEqual({ faults: undefined, keys: ['orders-eu.csv', 'sales.csv'], leftAlone: [] });
    expect(await claims(inner, 'shop')).toMatchObject({ faults: undefined, keys: ['orders-eu.csv', 'orders-us.csv'], leftAlone: [] });
    const whole = await claims(inner, 'shop', { kind: 'backfill', url: `file://${folder}` });
    expect(whole.keys).toEqual(['books here/orders-us.csv', 'orders-eu.csv', 'orders-us.csv']);
    expect(whole.faults).toHaveLength(1);
    const part = await claims(inner, 'shop', { kind: 'backfill', url: `file://${folder}/books%20here` });
    expect(part.keys).toEqual(['orders-us.csv']);
  });

  it('are not held up by one whose address is wrong', async () => {
    expect((await claims('ftp://nowhere', 'shop')).keys).toEqual(['orders-eu.csv', 'orders-us.csv']);
  });

  it('are named by strata doctor, with a name that feeds of both match', async () => {
    const findings = async (booksUrl: string) => {
      const settings = readSettings({ SHOP_SOURCE_URL: `file://${folder}`, BOOKS_SOURCE_URL: booksUrl });
      const found: Finding[] = [];
      for await (const each of checkSharedSources({
        settings,
        pipelines,
        sqlFolders: new Map(),
        schema: warehouseSchema([shop, books], []),
      }))
        found.push(each);
      return found;
    };
    const check = 'files of shop and books';
    expect(await findings(`file://${folder}/`)).toEqual([
      {
        check,
        state: 'wrong',
        message: expect.stringMatching(
          /No feed takes such files\..*\nshop\/orders and books\/sales both match names such as orders-eu$/,
        ) as unknown,
      },
    ]);
    expect(await findings(`file://${folder}/books%20here`)).toEqual([
      { check, state: 'warning', message: expect.stringContaining('leave such files in that folder to books') as unknown },
    ]);
    expect(await findings('file:///elsewhere')).toEqual([]);
    expect(await findings('ftp://nowhere')).toEqual([]);
  });
});
