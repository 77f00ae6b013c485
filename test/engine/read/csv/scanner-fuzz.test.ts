import { describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { eastrock } from '../../../../src/pipelines/eastrock.js';
import { aboutLimit, cuts, dirty, lineBreak } from './dirty-files.js';
import { referenceScan } from './reference-scanner.js';
import { pieces, scanAll, textFeed } from './scan-driver.js';

const limits = fc.record({ bytes: fc.integer({ min: 1, max: 200 }), rejectBytes: fc.integer({ min: 1, max: 2000 }) });

const letter = fc.constantFrom(
  'a',
  'N',
  '7',
  ' ',
  '\t',
  '\\',
  ',',
  '"',
  '\n',
  '\r',
  '\r\n',
  'é',
  'ß',
  '€',
  '日本',
  '😀',
  '\u{feff}',
  'NULL',
  '\\N',
  '\x1a',
);
const value = fc.array(letter, { maxLength: 6 }).map((letters) => letters.join(''));

/** One field as an encoder may write it. */
const field = fc.tuple(value, fc.boolean()).map(([text, quoted]) => ({
  text,
  csv: quoted || /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text,
}));

describe('scanner, compared with csv-parse', () => {
  it('finds the same fields, whatever the cuts and the chunks', async () => {
    const file = fc.integer({ min: 2, max: 4 }).chain((width) =>
      fc.record({
        width: fc.constant(width),
        rows: fc.array(fc.tuple(fc.array(field, { minLength: width, maxLength: width }), lineBreak), { minLength: 1, maxLength: 12 }),
        lastBreak: fc.boolean(),
        bom: fc.boolean(),
        cuts,
        limits,
      }),
    );
    await fc.assert(
      fc.asyncProperty(file, async ({ width, rows, lastBreak, bom, cuts, limits }) => {
        const feed = textFeed(width);
        let text = `${bom ? '\u{feff}' : ''}${feed.columns.map((column) => column.header).join()}\n`;
        const expected: { offset: number; line: number }[] = [];
        rows.forEach(([fields, end], i) => {
          expected.push({ offset: Buffer.byteLength(text), line: text.split('\n').length });
          text += fields.map(({ csv }) => csv).join() + (lastBreak || i < rows.length - 1 ? end : '');
        });
        const bytes = Buffer.from(text);
        const parsed: string[][] = parse(bytes, { bom: true, fromLine: 2, recordDelimiter: ['\r\n', '\n'], relaxColumnCount: false });
        const result = await scanAll(feed, pieces(bytes, cuts), { limit: limits });
        expect(result.rejects).toEqual([]);
        expect(result.rows.map((row) => row.fields)).toEqual(parsed);
        expect(result.rows.map(({ offset, line }) => ({ offset, line }))).toEqual(expected);
        expect(result.rows.map((row) => row.padded)).toEqual(
          parsed.map((fields) => fields.some((text) => /^[ \t\r\n]|[ \t\r\n]$/.test(text))),
        );
      }),
      { numRuns: 500 },
    );
  });
});

const games = eastrock.feeds.find((feed) => feed.name === 'games')!;
const header = Buffer.from('duration,"UserID",GameType, playdate ,GAMEID\n');

describe('scanner, compared with a slow reading of the spec', () => {
  const order = [4, 1, 2, 3, 0];
  const fileOrder = Buffer.from('GameID,UserID,GameType,PlayDate,Duration\n');

  it('gives the same rows and rejects for any mix of good and broken bytes', async () => {
    await fc.assert(
      fc.asyncProperty(dirty, cuts, limits, async (body, cuts, limits) => {
        const bytes = Buffer.concat([fileOrder, body]);
        const expected = referenceScan(games, [0, 1, 2, 3, 4], bytes, fileOrder.length, 2);
        const { rows, rejects } = await scanAll(games, pieces(bytes, cuts), { limit: limits });
        expect({ rows, rejects }).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it('goes on from any boundary, with the columns in any order, exactly as if it had come there', async () => {
    await fc.assert(
      fc.asyncProperty(dirty, cuts, limits, fc.nat(), async (body, cuts, limits, pick) => {
        const bytes = Buffer.concat([header, body]);
        const whole = await scanAll(games, [bytes], { limit: limits });
        expect(whole.header).toMatchObject({ kind: 'ok', columnOrder: order });
        const expected = referenceScan(games, order, bytes, header.length, 2);
        expect({ rows: whole.rows, rejects: whole.rejects }).toEqual(expected);
        const start = whole.boundaries[pick % Math.max(whole.boundaries.length, 1)];
        if (start === undefined) return;
        const rest = await scanAll(games, pieces(bytes.subarray(start.offset), cuts), { start: { ...start, columnOrder: order } });
        expect(rest.rows).toEqual(expected.rows.filter((row) => row.offset >= start.offset));
        expect(rest.rejects).toEqual(expected.rejects.filter((reject) => reject.offset >= start.offset));
      }),
      { numRuns: 500 },
    );
  });

  it('agrees on a long file of any mix', async () => {
    const parts = fc.sample(dirty, { numRuns: 2500 });
    const bytes = Buffer.concat([fileOrder, ...parts, ...parts]);
    const expected = referenceScan(games, [0, 1, 2, 3, 4], bytes, fileOrder.length, 2);
    for (const sizes of [[65536], [100_000, 7]]) {
      const { rows, rejects } = await scanAll(games, pieces(bytes, sizes), { limit: { bytes: 300_000, rejectBytes: 50_000 } });
      expect(rows).toEqual(expected.rows);
      expect(rejects).toEqual(expected.rejects);
    }
  });

  it('agrees on rows of about 1 MiB, where quotes are open, closed, doubled or broken on either side of the limit', async () => {
    await fc.assert(
      fc.asyncProperty(aboutLimit, fc.constantFrom([65536], [1 << 22], [300_000], [(1 << 20) + 7, 1, 2]), async (body, sizes) => {
        const bytes = Buffer.concat([fileOrder, body]);
        const expected = referenceScan(games, [0, 1, 2, 3, 4], bytes, fileOrder.length, 2);
        const { rows, rejects } = await scanAll(games, pieces(bytes, sizes));
        expect(rows).toEqual(expected.rows);
        expect(rejects.length).toBe(expected.rejects.length);
        expect(rejects.findIndex((reject, i) => JSON.stringify(reject) !== JSON.stringify(expected.rejects[i]))).toBe(-1);
      }),
      { numRuns: 10 },
    );
  });
});
