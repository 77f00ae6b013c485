import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FileStore } from '../../../src/connectors/file/file-store.js';
import type { FormatDefinition } from '../../../src/engine/read/format.js';
import { zstdMissing } from '../../../src/engine/read/decode/unzstd.js';
import { documentAt, fencedBlocks } from '../../docs/documents.js';
import { zstd } from '../../engine/read/decode/zstd-files.js';
import { compileEastrock } from '../../support/mart-warehouse.js';
import { freshPrefix, warehouses } from '../../support/servers/servers.js';
import { WarehouseChain } from '../../support/warehouse-chain.js';

const asPeopleHaveThem: FormatDefinition = {
  kind: 'csv',
  delimiter: ';',
  header: 'none',
  encoding: 'windows-1252',
  compression: 'gzip',
  extraColumns: 'ignore',
};

it('is the example of the reference', () => {
  const example = fencedBlocks(documentAt('docs/reference/definitions.md')).find(({ name }) => name === 'format')!;
  expect(JSON.stringify(runInNewContext(`(${example.text})`))).toBe(JSON.stringify(asPeopleHaveThem));
});

const compressions = [
  { compression: 'gzip', pack: (bytes: Buffer) => gzipSync(bytes) },
  ...(zstdMissing() === undefined ? [{ compression: 'zstd', pack: (bytes: Buffer) => zstd(bytes) } as const] : []),
] as const;
const cases = warehouses.flatMap((warehouse) => compressions.map((each) => ({ ...warehouse, ...each })));

describe.each(cases)(
  'a file with semicolons, in windows-1252, packed by $compression, without header, with a column too many, on $name',
  ({ url, compression, pack }) => {
    let folder: string;
    let chain: WarehouseChain;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'strata-formats-'));
      const eastrock = await compileEastrock();
      const feeds = eastrock.definition.feeds.map((feed) =>
        feed.name === 'games' ? { ...feed, format: { ...asPeopleHaveThem, compression } } : feed,
      );
      chain = new WarehouseChain({
        url,
        prefix: freshPrefix(),
        pipeline: { ...eastrock, definition: { ...eastrock.definition, feeds } },
        sourceUrl: `file://${folder}`,
        rangeBytes: 500,
        chunkBytes: 1_000,
        openStore: (address) => new FileStore(fileURLToPath(address), 0),
      });
      await chain.migrate();
    });
    afterAll(async () => {
      await chain.close();
      await rm(folder, { recursive: true });
    });

    /** The sign for euros is one byte in the file; every 50th row has a day that there is not. */
    const text = Array.from({ length: 400 }, (_, i) => `${i + 1};7;Größe, \x80;${i % 50 === 49 ? 31 : 1}/2/2024;5;extra\r\n`).join('');
    const packed = () => pack(Buffer.from(text, 'latin1'));
    const staged = () => chain.warehouse.query<{ n: number }>('select count(*) as n from staging.games');

    it('lands in several commits, in its own characters, and a rejected row keeps what was delivered', async () => {
      await chain.reset();
      await writeFile(join(folder, 'games.csv'), packed());
      expect(await chain.pickup('games')).toMatchObject([{ outcome: 'staged', rowsStaged: 392, rowsQuarantined: 8 }]);
      const rows = await chain.warehouse.query('select distinct user_id, game_type, duration from staging.games');
      expect(rows).toEqual([{ user_id: '7', game_type: 'Größe, €', duration: '5' }]);
      const [chunks] = await chain.warehouse.query<{ n: number }>('select count(*) as n from gear.load_chunks');
      expect(Number(chunks!.n)).toBeGreaterThan(3);
      const [reject] = await chain.warehouse.query<{ raw: Buffer }>('select raw from gear.quarantine order by row_offset limit 1');
      expect(reject!.raw.toString()).toBe('50;7;Größe, €;31/2/2024;5;extra');
      expect(await chain.process('games')).toMatchObject({ inserted: 392 });
      expect(await chain.warehouse.query('select count(*) as n from bulk.games')).toEqual([{ n: 392 }]);
    });

    it('is refused whole where it ends too early, however many of its rows were committed', async () => {
      await chain.reset();
      await writeFile(join(folder, 'games.csv'), packed().subarray(0, -4));
      expect(await chain.pickup('games')).toMatchObject([{ outcome: 'refused', rowsStaged: 0 }]);
      expect(await staged()).toEqual([{ n: 0 }]);
      expect(await chain.warehouse.query('select problem from gear.refusals')).toEqual([
        { problem: `the ${compression} file ends too early. Deliver the whole file` },
      ]);
    });
  },
);
