import { describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import type { ColumnDefinition, FeedDefinition } from '../../../../src/engine/definition/types.js';
import { compileContract } from '../../../../src/engine/read/contract.js';
import type { FormatDefinition } from '../../../../src/engine/read/format.js';
import { StagedRowCheck } from '../../../../src/engine/read/staged-row-check.js';
import { cuts, lineBreak } from './dirty-files.js';
import { pieces, scanAll, textFeed } from './scan-driver.js';

const columns = ['a', 'b', 'c'].map((name): ColumnDefinition => ({
  name,
  header: name,
  type: { kind: 'text', maxLength: 1_000, empty: '' },
  nullable: true,
  reason: 'too_long',
}));
const feedOf = (format: FormatDefinition, others: readonly ColumnDefinition[] = columns): FeedDefinition => ({
  ...textFeed(0),
  format: { header: 'none', ...format } as FormatDefinition,
  reasons: ['too_long', 'bad_number', 'no_number'],
  columns: others,
});
const rowsOf = async (feed: FeedDefinition, text: string) => (await scanAll(feed, [Buffer.from(text)])).rows.map(({ fields }) => fields);

describe('NULL in files of CSV', () => {
  it('is a word without quotes', async () => {
    const feed = feedOf({ nulls: ['NULL', '\\N'] });
    expect(await rowsOf(feed, 'NULL,"NULL", \\N \n"\\N",null,NULLS\n,"",NUL\n')).toEqual([
      [null, 'NULL', null],
      ['\\N', 'null', 'NULLS'],
      ['', '', 'NUL'],
    ]);
  });

  it('is an empty value without quotes, where one in quotes is an empty text', async () => {
    const feed = feedOf({ quotedEmpty: 'text' });
    expect(await rowsOf(feed, ',"", \n"x""y","\n",\t\n')).toEqual([
      [null, '', null],
      ['x"y', '\n', null],
    ]);
  });

  it('counts as an empty value in a column that is not nullable', async () => {
    const number: ColumnDefinition = {
      name: 'n',
      header: 'n',
      type: { kind: 'integer', min: '0', max: '9' },
      reason: { bad: 'bad_number', empty: 'no_number' },
    };
    const name: ColumnDefinition = { name: 's', header: 's', type: { kind: 'text', maxLength: 9, empty: 'none' }, reason: 'too_long' };
    const { rows, rejects } = await scanAll(feedOf({ nulls: ['-'] }, [number, name]), [Buffer.from('1,-\n-,x\n"-",x\n')]);
    expect(rows.map(({ fields }) => fields)).toEqual([['1', '']]);
    expect(rejects.map(({ reasons }) => reasons)).toEqual(['no_number', 'bad_number']);
  });

  it.each<FormatDefinition>([
    { nulls: ['NULL', '\\N'] },
    { quotedEmpty: 'text' },
    { nulls: ['-'], quotedEmpty: 'text', delimiter: ';', quote: "'" },
  ])('is found by %j as csv-parse finds quotes, whatever the cuts, and is written as it was read', async (format) => {
    const {
      delimiter = ',',
      quote = '"',
      nulls = [],
      quotedEmpty,
    } = format as { delimiter?: string; quote?: string; nulls?: string[]; quotedEmpty?: string };
    const letter = fc.constantFrom('a', ' ', '\\', '\\N', 'NULL', '-', delimiter, quote, '\n', 'é', '');
    const field = fc.tuple(fc.array(letter, { maxLength: 3 }), fc.boolean()).map(([letters, quoted]) => {
      const value = letters.join('');
      const needs = quoted || [delimiter, quote, '\n'].some((sign) => value.includes(sign));
      return needs ? `${quote}${value.replaceAll(quote, quote + quote)}${quote}` : value;
    });
    const row = fc.tuple(field, field, field, lineBreak).map(([a, b, c, end]) => [a, b, c].join(delimiter) + end);
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 8 }), cuts, async (rows, cut) => {
        const text = rows.join('');
        const isNull = (value: string, quoted: boolean) => {
          const bare = value.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
          return !quoted && (nulls.includes(bare) || (quotedEmpty !== undefined && bare === ''));
        };
        const expected = parse(text, {
          delimiter,
          quote,
          escape: quote,
          record_delimiter: ['\r\n', '\n'],
          cast: (value, { quoting }) => (isNull(value, quoting) ? null : value),
        }) as unknown as (string | null)[][];
        const { rows: found, rejects } = await scanAll(feedOf(format), pieces(Buffer.from(text), cut), {
          limit: { bytes: 50, rejectBytes: 100 },
        });
        expect(rejects).toEqual([]);
        expect(found.map(({ fields }) => fields)).toEqual(expected);
        // Rows that a later contract refuses go to quarantine as text, and come back the same.
        const narrow = feedOf(
          format,
          columns.map((column) => ({
            ...column,
            type: { kind: 'integer', min: '0', max: '1' } as const,
            nullable: false,
            reason: 'bad_number',
          })),
        );
        const check = new StagedRowCheck(compileContract(narrow), ['a', 'b', 'c']);
        for (const fields of expected) {
          const staged = Object.fromEntries(
            ['a', 'b', 'c'].map((name, index) => [name, fields[index] === null ? null : Buffer.from(fields[index]!)]),
          );
          expect(await rowsOf(feedOf(format), `${check.rejectOf({ row_offset: 0, line_number: 1, ...staged })!.raw.toString()}\n`)).toEqual(
            [fields],
          );
        }
      }),
      { numRuns: 100 },
    );
  });
});
