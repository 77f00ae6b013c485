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

  it('keeps the columns that the feed does not have under their names, wherever they stand', async () => {
    const title = fc.constantFrom('C0', 'c1 ', 'note', '__proto__', '7', '-1', '+x', 'a "b"', 'x;y', 'é', 'constructor');
    const file = fc
      .uniqueArray(title, { minLength: 2, maxLength: 8 })
      .filter((titles) => titles.includes('C0') && titles.includes('c1 '))
      .chain((titles) =>
        fc.record({
          titles: fc.constant(titles),
          rows: fc.array(fc.tuple(fc.array(value, { minLength: titles.length, maxLength: titles.length }), lineBreak), {
            minLength: 1,
            maxLength: 8,
          }),
          cut: cuts,
          limit: limits,
        }),
      );
    const { columns, ...feed } = textFeed(2);
    const more = { name: 'more', type: { kind: 'json' }, nullable: true, reason: 'too_long' } as const;
    const format: FormatDefinition = { delimiter: ';', extraColumns: { keep: 'more' } };
    await fc.assert(
      fc.asyncProperty(file, async ({ titles, rows, cut, limit }) => {
        const body = [[titles, '\n'] as const, ...rows].map(([values, end]) => written(values, ';', '"') + end).join('');
        const scanned = await scanAll({ ...feed, format, columns: [columns[0]!, more, columns[1]!] }, pieces(Buffer.from(body), cut), {
          limit,
        });
        const [header = [], ...expected] = parse(body, { delimiter: ';', record_delimiter: ['\r\n', '\n'] }) as string[][];
        const places = header.map((name, index) => [name, index] as const).filter(([name]) => !/^c[01] ?$/i.test(name));
        const kept = (values: readonly string[]) =>
          new Map(places.map(([name, index]) => [name, values[index]!.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '')]));
        const own = (values: readonly string[]) => titles.flatMap((name, index) => (/^c[01] ?$/i.test(name) ? [values[index]] : []));
        expect(scanned.rejects).toEqual([]);
        expect(scanned.rows.map(({ fields }) => fields.slice(0, 2))).toEqual(expected.map(own));
        const objects = scanned.rows.map(({ fields }) => (typeof fields[2] !== 'string' ? {} : (JSON.parse(fields[2]) as object)));
        expect(objects.map((object) => new Map(Object.entries(object)))).toEqual(expected.map(kept));
        const names = places.map(([name]) => name).sort();
        for (const { fields } of scanned.rows)
          expect(fields[2]?.startsWith(names.length > 0 ? `{${JSON.stringify(names[0])}:` : '') ?? names.length === 0).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
