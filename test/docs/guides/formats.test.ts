import { Readable } from 'node:stream';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { createEnrichments } from '../../../src/connectors/enrichments.js';
import { feedSchema } from '../../../src/engine/definition/schema/feed.js';
import { validatePipelines } from '../../../src/engine/definition/validate.js';
import { compileContract } from '../../../src/engine/read/contract.js';
import { jsonLines, type JsonForm } from '../../../src/engine/read/decode/json-lines.js';
import { derivationsOf } from '../../../src/engine/read/fields/derivation.js';
import { scanAll } from '../../engine/read/csv/scan-driver.js';
import { documentAt, fencedBlocks } from '../documents.js';

const blocks = fencedBlocks(documentAt('docs/how-to/pipelines/load-other-formats.md'));
const feeds = blocks
  .filter(({ language }) => language === 'js')
  .map(({ name, text }) => ({ name, feed: feedSchema.parse(runInNewContext(`(${text})`)) }));

/** What a file of each example gives. */
const rows: Readonly<Record<string, readonly (string | null)[][]>> = {
  excel: [['7', 'Müller', '24.12.2025', '1.234,50']],
  nulls: [
    ['1', null, 'new'],
    ['2', '', ''],
  ],
  extra: [
    ['1', '8.50', '{"color":"red","size":"7"}'],
    ['2', '9.00', '{"color":"light, blue","size":""}'],
  ],
  headless: [
    ['1', '20251224', '8.50'],
    ['2', '20251225', '-1.00'],
  ],
  events: [
    ['1', 'Ada', '["a", "b"]', '12.5'],
    ['2', null, '', ''],
  ],
  orders: [
    ['1', 'Ada', '[{ "sku": "a", "count": 2 }]'],
    ['2', null, ''],
  ],
  rates: [
    ['2026-03-02', 'GBP', 'EUR', '1.17'],
    ['2026-03-02', 'GBP', 'JPY', '190'],
  ],
  visits: [
    ['2025-12-24 07:15:00', '203.0.113.9', '/a', '200', 'curl/8.5.0', null, 'Bot'],
    ['2025-12-24 07:15:01', '2001:db8::1', '/b', '404', null, null, 'Unknown'],
  ],
};

/** The rows that are found in JSON. */
async function linesOf(bytes: readonly Buffer[], form: JsonForm): Promise<Buffer[]> {
  const lines: Buffer[] = [];
  for await (const piece of jsonLines(Readable.from(bytes), form)) lines.push(Buffer.from(piece));
  return lines;
}

describe('the feeds of docs/how-to/pipelines/load-other-formats.md', () => {
  it('are feeds of one pipeline', () => {
    const definition = {
      name: 'shop',
      sourceSetting: 'SHOP_SOURCE_URL',
      schedules: { pickup: '0 1 * * *', process: '0 1 * * *', aggregate: '0 1 * * *' },
      feeds: feeds.map(({ feed }) => feed),
      entities: feeds.map(({ feed }) => {
        const [key = '', ...values] = feed.columns.map(({ name }) => name);
        return { name: feed.name, key: [key], values, from: [{ feed: feed.name }] };
      }),
      surrogates: [],
      vault: { hubs: [], links: [], satellites: [] },
      sqlFolder: 'sql',
    };
    expect(validatePipelines([definition])).toHaveLength(1);
  });

  it.each(feeds)('read the lines that stand before $name', async ({ name, feed }) => {
    const file = blocks.find((block) => block.name === name && block.language !== 'js')!;
    // The text is decoded before it is read.
    const contract = compileContract(feed);
    const { json } = contract.coding;
    const bytes = [Buffer.from(file.text)];
    const { rows: found, rejects } = await scanAll(contract, json ? await linesOf(bytes, json) : bytes, {
      derivations: derivationsOf(contract, createEnrichments()),
    });
    expect(rejects).toEqual([]);
    expect(found.map(({ fields }) => fields)).toEqual(rows[name]);
  });
});
