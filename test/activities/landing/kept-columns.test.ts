import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { readMigrations } from '../../../src/config/read-migrations.js';
import { compilePipeline } from '../../../src/engine/compiled-pipeline.js';
import type { PipelineDefinition } from '../../../src/engine/definition/types.js';
import { replayFile } from '../../../src/engine/read/replay-file.js';
import { warehouseSchema } from '../../../src/engine/schema/warehouse-schema.js';
import { migrate } from '../../../src/gear/migrate/migrate.js';
import { quarantineEntries } from '../../../src/status/quarantine-entries.js';
import { FolderChain } from '../../support/folder-chain.js';
import { warehouses } from '../../support/servers/servers.js';
import { WarehouseChain } from '../../support/warehouse-chain.js';

/** Keeps what the feed has no columns for; prices up to that one are good. */
const shop = (highest = '999'): PipelineDefinition => ({
  name: 'shop',
  sourceSetting: 'SHOP_SOURCE_URL',
  schedules: { pickup: '0 0 1 1 *', process: '0 0 1 1 *', aggregate: '0 0 1 1 *' },
  feeds: [
    {
      name: 'items',
      match: '^items.*\\.csv$',
      format: { delimiter: ';', nulls: ['NULL'], extraColumns: { keep: 'more' } },
      reasons: ['bad_key', 'bad_price', 'bad_more'],
      columns: [
        { name: 'item_id', header: 'Item', type: { kind: 'integer', min: '1', max: '9999' }, reason: 'bad_key' },
        { name: 'more', type: { kind: 'json' }, nullable: true, reason: 'bad_more' },
        {
          name: 'price',
          header: 'Price',
          type: { kind: 'integer', min: '0', max: highest },
          optional: true,
          nullable: true,
          reason: 'bad_price',
        },
      ],
    },
  ],
  entities: [{ name: 'items', key: ['item_id'], values: ['price', 'more'], from: [{ feed: 'items' }] }],
  surrogates: [],
  vault: {
    hubs: [{ name: 'item', key: 'item_id', from: [{ entity: 'items', column: 'item_id' }] }],
    links: [],
    satellites: [{ name: 'item', entity: 'items', parent: { hub: 'item', column: 'item_id' }, columns: ['price', 'more'] }],
  },
  sqlFolder: 'sql',
});

describe.each(warehouses)('columns that a feed does not have and keeps, on $name', ({ url }) => {
  const chains: WarehouseChain[] = [];
  afterEach(async () => {
    for (const chain of chains.splice(0).reverse()) await chain.close();
  });
  const open = async () => {
    const chain = await FolderChain.open(url, { pipeline: compilePipeline(shop(), []), rangeBytes: 400, chunkBytes: 300 });
    chains.push(chain);
    return chain;
  };
  let days = 0;
  const deliver = async ({ folder }: FolderChain, file: string, text: string) => {
    const path = join(folder, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    const time = new Date(Date.UTC(2024, 0, (days += 1)));
    await utimes(path, time, time);
  };
  const bulk = async ({ warehouse }: WarehouseChain) =>
    (await warehouse.query('select item_id, price, more from bulk.items order by item_id')).map((row) => Object.values(row));
  const staged = async (chain: FolderChain) => {
    expect(await chain.pickup('items')).toMatchObject([{ outcome: 'staged' }]);
  };

  it('are an object of texts, the same whatever their order, and NULL where a file has none', async () => {
    const chain = await open();
    await deliver(chain, 'items-1.csv', 'note;Item;" Größe ""x""";Price\n" a;b\t";1;7;3\nNULL;2;;4\n"NULL";3;\\,\t;\n');
    await staged(chain);
    await chain.process('items');
    const first = [
      [1, 3, '{"Größe \\"x\\"":"7","note":"a;b"}'],
      [2, 4, '{"Größe \\"x\\"":"","note":null}'],
      [3, null, '{"Größe \\"x\\"":"\\\\,","note":"NULL"}'],
    ];
    expect(await bulk(chain)).toEqual(first);
    const notes = await chain.warehouse.query("select json_value(more, '$.note') as note from bulk.items order by item_id");
    expect(notes).toEqual([{ note: 'a;b' }, { note: null }, { note: 'NULL' }]);
    await deliver(chain, 'items-2.csv', 'Item;Price;"Größe ""x""";note\n1;3;7;a;b\n2;4;;NULL\n3;;\\,;"NULL"\n1;3;7;"a;b"\n');
    await staged(chain);
    expect(await chain.process('items')).toMatchObject({ unchanged: 3, updated: 0 });
    expect(await chain.warehouse.query('select reasons from gear.quarantine')).toEqual([{ reasons: 'wrong_column_count' }]);
    await chain.loadVault();
    await deliver(chain, 'items-3.csv', 'Item\n3\n');
    await staged(chain);
    expect(await chain.process('items')).toMatchObject({ updated: 1 });
    await chain.loadVault();
    expect((await bulk(chain))[2]).toEqual([3, null, null]);
    expect(await chain.warehouse.query('select price, more from vault.sat_item order by item_hk, load_datetime')).toHaveLength(4);
  });

  it('are the same in whichever range and chunk of a file a row lands', async () => {
    const chain = await open();
    const rows = Array.from({ length: 300 }, (_, i) => `${i + 1};é${i};${i % 50};"x\n;${i}"`);
    await deliver(chain, 'items.csv', `Item;b;Price;a\n${rows.join('\n')}\n`);
    await staged(chain);
    expect(Number((await chain.warehouse.query<{ n: number }>('select count(*) as n from gear.load_chunks'))[0]!.n)).toBeGreaterThan(9);
    await chain.process('items');
    expect(await bulk(chain)).toEqual(
      Array.from({ length: 300 }, (_, i) => [i + 1, i % 50, JSON.stringify({ a: `x\n;${i}`, b: `é${i}` })]),
    );
  });

  it('refuse a file in which two of them have one name, and leave out those without a name', async () => {
    const chain = await open();
    await deliver(chain, 'items-1.csv', 'Item;note;Price;Note \n1;a;2;b\n');
    expect(await chain.pickup('items')).toMatchObject([
      { outcome: 'refused', problem: 'columns 2 and 4 of the header have the same name. Expected: Item' },
    ]);
    await deliver(chain, 'items-2.csv', 'strata_row;Item\n1@7;1\n');
    expect(await chain.pickup('items')).toMatchObject([
      { outcome: 'refused', problem: expect.stringContaining('rows with strata_row keep their places') as unknown },
    ]);
    await deliver(chain, 'items-3.csv', `Item;;__proto__;${'n'.repeat(256)};7\n1;a;b;c;d\n`);
    await staged(chain);
    await chain.process('items');
    expect(await bulk(chain)).toEqual([[1, null, '{"7":"d","__proto__":"b"}']]);
  });

  it('of lines of JSON are the properties that the feed does not have', async () => {
    const csv = shop();
    const feeds = csv.feeds.map((feed) => ({
      ...feed,
      format: { kind: 'ndjson', extraColumns: { keep: 'more' } } as const,
      columns: feed.columns.map(({ optional: _there, ...column }) => column),
    }));
    const chain = await FolderChain.open(url, { pipeline: compilePipeline({ ...csv, feeds }, []), rangeBytes: 100 });
    chains.push(chain);
    await deliver(chain, 'items-1.csv', '{"Item":1,"Price":3,"note":"é","size":{"w":1.50}}\n{"Item":2}\n{"Item":"x","note":1}\n');
    await staged(chain);
    await chain.process('items');
    expect(await bulk(chain)).toEqual([
      [1, 3, '{"note":"é","size":{"w":1.50}}'],
      [2, null, null],
    ]);
    await deliver(chain, 'items-2.csv', '{"size":{"w":1.50},"note":"é","Price":3,"Item":1}\n');
    await staged(chain);
    expect(await chain.process('items')).toMatchObject({ unchanged: 1 });
    expect(await chain.warehouse.query("select json_extract(more, '$.size.w') + 0 as w from bulk.items where item_id = 1")).toEqual([
      { w: 1.5 },
    ]);
  });

  it('stay with a row that a new contract sends to quarantine, and with the corrected one', async () => {
    const chain = await open();
    await deliver(chain, 'items-1.csv', 'note;Item;;Price;size\nNULL;1;x;500;7\n"";2;x;60;"a;b"\n');
    await staged(chain);
    const narrower = compilePipeline(shop('50'), []);
    await migrate(chain.warehouse, chain.prefix, warehouseSchema([narrower], await readMigrations()), { recheck: true });
    const next = new WarehouseChain({ url, prefix: chain.prefix, pipeline: narrower, sourceUrl: `file://${chain.folder}` });
    chains.push(next);
    await next.process('items');
    const rows = await next.warehouse.query<{ load_id: number; row_offset: number; raw: Buffer }>(
      'select load_id, row_offset, raw from gear.quarantine order by row_offset',
    );
    expect(rows.map(({ raw }) => raw.toString())).toEqual(['NULL;1;;500;7', ';2;;60;"a;b"']);
    const [entry] = await quarantineEntries(next.warehouse, { pipelines: next.pipelines } as never, { limit: 1 } as never);
    expect(entry).toMatchObject({ rules: [{ reason: 'bad_price', column: 'Price', place: 4, value: '60' }] });
    const [load] = await next.warehouse.query<{ header: string }>('select header from gear.loads where load_id = 1');
    const { firstLine, beforeRow } = replayFile(narrower.definition.feeds[0], JSON.parse(load!.header) as string[], false);
    expect(firstLine).toBe('strata_row;note;Item;;Price;size');
    const fixed = rows.map(
      ({ load_id: id, row_offset: offset, raw }) => beforeRow(`${id}@${offset}`) + raw.toString().replace(/;(5|6)0+;/, ';40;'),
    );
    const folder = await next.quarantineFolder(1);
    await deliver(chain, join(folder, 'items-1.csv'), [firstLine, ...fixed, ''].join('\n'));
    await next.backfill('items', `file://${join(chain.folder, folder)}`);
    await next.process('items');
    expect(await bulk(next)).toEqual([
      [1, 40, '{"note":null,"size":"7"}'],
      [2, 40, '{"note":"","size":"a;b"}'],
    ]);
  });
});
