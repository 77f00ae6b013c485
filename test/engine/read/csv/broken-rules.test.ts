import { describe, expect, it } from '@jest/globals';
import { brokenRules, ruleLine } from '../../../../src/engine/read/broken-rules.js';
import type { FeedDefinition } from '../../../../src/engine/definition/types.js';

const feed: FeedDefinition = {
  name: 'orders',
  match: '^orders\\.csv$',
  reasons: ['bad_key', 'no_key', 'bad_value'],
  columns: [
    { name: 'order_id', header: 'Order', type: { kind: 'integer', min: '1', max: '99' }, reason: { bad: 'bad_key', empty: 'no_key' } },
    { name: 'amount', header: 'Amount', type: { kind: 'decimal', precision: 8, scale: 2 }, reason: 'bad_value' },
    { name: 'day', header: 'Day', type: { kind: 'date', format: 'd/m/yyyy' }, reason: 'bad_value' },
    { name: 'kind', header: 'Kind', type: { kind: 'choice', values: ['Sale', 'Return'] }, reason: 'bad_value' },
    { name: 'note', header: 'Note', type: { kind: 'text', maxLength: 5, empty: '' }, reason: 'bad_value' },
  ],
};
const header = ['order_id', 'amount', 'day', 'kind', 'note'];
const rules = (row: string, reasons: string[], names: string[] | null = header) =>
  brokenRules(feed, names ?? undefined, reasons, Buffer.from(row)).map(ruleLine);

describe('the rules that a row breaks', () => {
  it.each([
    ['0,1.50,1/2/2024,Sale,', ['bad_key'], ['Order (column 1) must be a whole number from 1 to 99, in digits alone [bad_key]']],
    [' ,1.50,1/2/2024,Sale,', ['no_key'], ['Order (column 1) must not be empty [no_key]']],
    [
      '1,"1,50",2024-02-01,Gift,too long',
      ['bad_value'],
      [
        'Amount (column 2) must be a number with a point before its decimals: at most 6 digits before the point, 1 to 2 after it, and no other sign than a minus [bad_value]',
        'Day (column 3) must be a day that exists, of the years 1000 to 9999, as d/m/yyyy, such as 31/12/2025 [bad_value]',
        'Kind (column 4) must be one of Sale, Return [bad_value]',
        'Note (column 5) must have at most 5 characters [bad_value]',
      ],
    ],
    ['1,1.50,1/2/2024,Sale', ['wrong_column_count'], ['the row has 4 of 5 columns [wrong_column_count]']],
    ['1,1.50,1/2/2024,Sale,,', ['wrong_column_count'], ['the row has more than 5 columns [wrong_column_count]']],
    ['1,"a"b', ['bad_quote'], ['a quote may stand around a whole field only. One inside of it is doubled [bad_quote]']],
    ['1,1.50,1/2/2024,Sale,', ['bad_value'], []],
  ])('are those of %s', (row, reasons, lines) => {
    expect(rules(row, reasons)).toEqual(lines);
  });

  it.each([
    ['utf-8', 'UTF-8'],
    ['utf-16', 'UTF-16'],
  ] as const)('name the encoding of the files, %s', (encoding, named) =>
    expect(brokenRules({ ...feed, format: { encoding } }, header, ['bad_encoding'], Buffer.from('x')).map(ruleLine)).toEqual([
      `the row must be text in ${named}, without NUL characters [bad_encoding]`,
    ]),
  );

  it('follow the order of the columns in the file, and show a value apart', () => {
    const [rule] = brokenRules(feed, ['note', 'kind', 'day', 'amount', 'order_id'], ['bad_value'], Buffer.from('," ""x"" ",1/2/2024,1,1'));
    expect(rule).toMatchObject({ column: 'Kind', place: 2, value: '"x"' });
    expect(ruleLine(rule!)).not.toContain('x"');
  });

  it('are those of every column with the reason, where the columns of the file are not known', () => {
    expect(rules('x', ['bad_key'], null)).toEqual(['Order must be a whole number from 1 to 99, in digits alone [bad_key]']);
    expect(rules('x', ['former'], null)).toEqual(['no column of the definition has this reason any more [former]']);
  });
});
