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
  entities: [{ name, key: ['id'], values: ['name', 'address', 'is_open', 'country'] }],
});

const definition: PipelineDefinition = {
  name: 'nulls',
  sourceSetting: 'NULLS_SOURCE_URL',
  schedules: { pickup: '0 1 * * *', process: '0 1 * * *', aggregate: '0 1 * * *' },
  feeds: [
    feed('words', { nulls: ['NULL'] }),
    feed('quotes', { quotedEmpty: 'text', header: 'none' }),
    feed('objects', { kind: 'ndjson', compression: 'gzip' }),
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
    expect(await chain.warehouse.query('select bytes_read - size_bytes as differ from gear.loads')).toEqual(
      expect.arrayContaining([{ differ: 0 }]),
    );
  });
});
