import { describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import type { FormatDefinition } from '../../../../src/engine/read/format.js';
import { cuts, lineBreak } from './dirty-files.js';
import { pieces, scanAll, textFeed } from './scan-driver.js';

const limits = fc.record({ bytes: fc.integer({ min: 1, max: 200 }), rejectBytes: fc.integer({ min: 1, max: 2000 }) });
const letter = fc.constantFrom('a', '7', ' ', '\\', ',', ';', '|', '\t', '"', "'", '\n', '\r', 'é', '😀', 'NULL', '\\N');
const value = fc.array(letter, { maxLength: 5 }).map((letters) => letters.join(''));

/** The fields of a row as an encoder of the dialect may write them. */
function written(values: readonly string[], delimiter: string, quote: string): string {
  return values
    .map((text) => {
      const needs = [delimiter, quote, '\n', '\r'].some((sign) => text.includes(sign)) || /^[ \t]*$/.test(text);
      return needs ? `${quote}${text.replaceAll(quote, quote + quote)}${quote}` : text;
    })
    .join(delimiter);
}

describe('scanner with other dialects, compared with csv-parse', () => {
  it.each([
    [';', '"'],
    ['\t', '"'],
    ['|', "'"],
    [',', "'"],
    ['\x1f', '"'],
  ] as const)('delimiter %j, quote %s: the same fields, whatever the cuts and the chunks', async (delimiter, quote) => {
    const file = fc.integer({ min: 2, max: 4 }).chain((width) =>
      fc.record({
        width: fc.constant(width),
        extra: fc.nat(2),
        rows: fc.array(fc.tuple(fc.array(value, { minLength: width + 2, maxLength: width + 2 }), lineBreak), {
          minLength: 1,
          maxLength: 10,
        }),
        header: fc.constantFrom('names', 'position', 'none'),
        cut: cuts,
        limit: limits,
      }),
    );
    await fc.assert(
      fc.asyncProperty(file, async ({ width, extra, rows, header, cut, limit }) => {
        const format: FormatDefinition = { kind: 'csv', delimiter, quote, header, extraColumns: 'ignore' };
        const titles = [...Array.from({ length: width }, (_, i) => `c${i}`), ...['x', 'y'].slice(0, extra)];
        const body = rows.map(([values, end]) => written(values.slice(0, width + extra), delimiter, quote) + end).join('');
        const text = (header === 'none' ? '' : `${titles.join(delimiter)}\n`) + body;
        const { rows: found, rejects } = await scanAll({ ...textFeed(width), format }, pieces(Buffer.from(text), cut), { limit });
        const expected = parse(body, {
          delimiter,
          quote,
          escape: quote,
          record_delimiter: ['\r\n', '\n'],
          relax_column_count: true,
        }) as string[][];
        expect(rejects).toEqual([]);
        expect(found.map(({ fields }) => fields)).toEqual(expected.map((fields) => fields.slice(0, width)));
      }),
      { numRuns: 150 },
    );
  });
});
