import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FileStore } from '../../../src/connectors/file/file-store.js';
import { compilePipeline } from '../../../src/engine/compiled-pipeline.js';
import type { FeedDefinition, PipelineDefinition } from '../../../src/engine/definition/types.js';
import type { FormatDefinition } from '../../../src/engine/read/format.js';
import { freshPrefix, warehouses } from '../../support/servers/servers.js';
import { WarehouseChain } from '../../support/warehouse-chain.js';

const feed = (name: string, format: FormatDefinition): FeedDefinition => ({
  name,
  match: `^${name}\\.`,
  format,
  reasons: ['bad'],
  columns: [
    { name: 'id', header: 'id', type: { kind: 'integer', min: '1', max: '99' }, reason: 'bad' },
    { name: 'name', header: 'name', type: { kind: 'text', maxLength: 20, empty: '' }, nullable: true, reason: 'bad' },
    { name: 'address', header: 'address', type: { kind: 'text', maxLength: 45 }, nullable: true, reason: 'bad' },
    { name: 'is_open', header: 'is_open', type: { kind: 'boolean' }, nullable: true, reason: 'bad' },
    { name: 'country', derive: { by: 'geo.country', from: 'address' }, type: { kind: 'code', length: 2 }, nullable: true, reason: 'bad' },
  ],
});

/** Files of it have other names for a column, and lack some. */
const loose: FeedDefinition = {
  name: 'loose',
  match: '^loose',
  reasons: ['bad'],
  columns: [
    { name: 'id', header: ['id', 'Number', 'no'], type: { kind: 'integer', min: '1', max: '99' }, reason: 'bad' },
    { name: 'name', header: 'name', type: { kind: 'text', maxLength: 20, empty: 'nobody' }, optional: true, reason: 'bad' },
    { name: 'day', header: 'day', type: { kind: 'date', format: 'yyyymmdd' }, nullable: true, optional: true, reason: 'bad' },
  ],
};

const definition: PipelineDefinition = {
  name: 'nulls',
  sourceSetting: 'NULLS_SOURCE_URL',
  schedules: { pickup: '0 1 * * *', process: '0 1 * * *', aggregate: '0 1 * * *' },
  feeds: [
    loose,
    feed('words', { nulls: ['NULL'] }),
    feed('quotes', { quotedEmpty: 'text', header: 'none' }),
    feed('objects', { kind: 'ndjson', compression: 'gzip' }),
  ],
  entities: [
    { name: 'loose', key: ['id'], values: ['name', 'day'], from: [{ feed: 'loose' }] },
    ...['words', 'quotes', 'objects'].map((name) => ({
      name,
      key: ['id'],
      values: ['name', 'address', 'is_open', 'country'],
      from: [{ feed: name }],
    })),
  ],
  surrogates: [],
  vault: { hubs: [], links: [], satellites: [] },
  sqlFolder: 'sql',
};

/** The same rows in each format: an empty name and none, an address that is known and none. */
const files: Readonly<Record<string, string | Buffer>> = {
  'words.csv': 'id,name,address,is_open\n1,,8.8.8.8,yes\n2,NULL,NULL,NULL\n3,"NULL",,\nx,,,\n',
  'quotes.csv': '1,"", 8.8.8.8,yes\n2,,,\n3,"NULL","",""\nx,,,\n',
  'objects.ndjson.gz': gzipSync(
    '{"id":1,"name":"","address":" 8.8.8.8","is_open":true}\n{"id":2,"name":null,"address":null,"is_open":null}\n{"id":3,"name":"NULL"}\n{"id":"x"}\n',
  ),
};

describe.each(warehouses)('NULL and derived columns on their way to bulk on $name', ({ url }) => {
  let folder: string;
  let chain: WarehouseChain;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-nulls-'));
    chain = new WarehouseChain({
      url,
      prefix: freshPrefix(),
      pipeline: compilePipeline(definition, []),
      sourceUrl: `file://${folder}`,
      openStore: (address) => new FileStore(fileURLToPath(address), 0),
    });
    await chain.migrate();
  });
  afterAll(async () => {
    await chain.close();
    await rm(folder, { recursive: true });
  });

  it('from files with other names of a column, or without a column that is optional', async () => {
    await writeFile(join(folder, 'loose-1.csv'), 'name,id\nada,1\n,2\n');
    await writeFile(join(folder, 'loose-2.csv'), 'NO,day\n3,20240229\n');
    await writeFile(join(folder, 'loose-3.csv'), 'number\n4\n');
    await writeFile(join(folder, 'loose-4.csv'), 'id,no\n5,5\n');
    await writeFile(join(folder, 'loose-5.csv'), 'name,day\nada,20240229\n');
    const outcomes = await chain.pickup('loose');
    expect(outcomes.map(({ object, outcome, problem }) => [object, outcome, problem])).toEqual([
      ['loose-1.csv', 'staged', undefined],
      ['loose-2.csv', 'staged', undefined],
      ['loose-3.csv', 'staged', undefined],
      ['loose-4.csv', 'refused', 'the header has the column id twice (columns 1 and 2). Expected: id'],
      ['loose-5.csv', 'refused', 'the header lacks id. Expected: id'],
    ]);
    await chain.process('loose');
    expect(await chain.warehouse.query('select id, name, day from bulk.loose order by id')).toEqual([
      { id: 1, name: 'ada', day: null },
      { id: 2, name: 'nobody', day: null },
      { id: 3, name: 'nobody', day: '2024-02-29' },
      { id: 4, name: 'nobody', day: null },
    ]);
  });

  it.each(Object.keys(files))('from %s', async (file) => {
    const [name = ''] = file.split('.');
    await writeFile(join(folder, file), files[file]!);
    expect(await chain.pickup(name)).toMatchObject([{ rowsStaged: 3, rowsQuarantined: 1 }]);
    await chain.process(name);
    expect(await chain.warehouse.query(`select id, name, address, is_open, country from bulk.${name} order by id`)).toEqual([
      { id: 1, name: '', address: '8.8.8.8', is_open: 1, country: 'US' },
      { id: 2, name: null, address: null, is_open: null, country: null },
      { id: 3, name: 'NULL', address: null, is_open: null, country: null },
    ]);
    expect(await chain.warehouse.query('select bytes_read = size_bytes as is_whole from gear.loads where feed = ?', [name])).toEqual([
      { is_whole: 1 },
    ]);
  });
});
