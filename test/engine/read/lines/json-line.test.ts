import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { FeedDefinition } from '../../../../src/engine/definition/types.js';
import type { ColumnType } from '../../../../src/engine/types/column-type.js';
import { brokenRules, ruleLine } from '../../../../src/engine/read/broken-rules.js';
import { compileContract } from '../../../../src/engine/read/contract.js';
import type { FormatDefinition } from '../../../../src/engine/read/format.js';
import { StagedRowCheck } from '../../../../src/engine/read/staged-row-check.js';
import { pieces, scanAll } from '../csv/scan-driver.js';

const text = (name: string, header: string | string[]) =>
  ({ name, header, type: { kind: 'text', maxLength: 60, empty: '' }, nullable: true, reason: 'too_long' }) as const;
const feedOf = (extraColumns: 'refuse' | 'ignore' | { readonly keep: string }): FeedDefinition => ({
  name: 'events',
  match: '^events\\.ndjson$',
  format: { kind: 'ndjson', extraColumns } satisfies FormatDefinition,
  reasons: ['bad_id', 'too_long', 'bad_payload'],
  columns: [
    { name: 'id', header: ['id', 'Id'], type: { kind: 'integer', min: '0', max: '18446744073709551615' }, reason: 'bad_id' },
    text('who', 'user.name'),
    text('city', 'user.address.city'),
    text('amount', 'amount'),
    { name: 'payload', header: 'payload', type: { kind: 'json' }, nullable: true, reason: 'bad_payload' },
  ],
});
const feed = feedOf('refuse');
const header = feed.columns.map(({ name }) => name);
const fieldsOf = async (line: string, of = feed) => {
  const { rows, rejects } = await scanAll(of, [Buffer.from(line)]);
  return rows[0]?.fields ?? rejects.map(({ reasons }) => reasons);
};

describe('a line of JSON', () => {
  it.each<[string, (string | null)[]]>([
    ['{"id":1}', ['1', '', '', '', '']],
    ['{"Id": 18446744073709551615, "amount": 1.50}', ['18446744073709551615', '', '', '1.50', '']],
    ['{"id":"7","amount":1e5,"payload":null}', ['7', '', '', '1e5', null]],
    [
      '{"id":1,"user":{"name":"Zo\\u00eb \\"x\\"","address":{"city":null}},"payload":{"a":[1.0,"}"]}}',
      ['1', 'Zoë "x"', null, '', '{"a":[1.0,"}"]}'],
    ],
    ['{"id":1,"user":null,"amount":true,"payload":"{}"}', ['1', null, null, 'true', '"{}"']],
    [' \t{ "id" : 1 , "user" : { } } \r\n', ['1', '', '', '', '']],
    ['{"\\u0069d":1,"amount":[1, 2]}', ['1', '', '', '[1, 2]', '']],
  ])('%s', async (line, fields) => expect(await fieldsOf(line)).toEqual(fields));

  it.each([
    ['{"id":1,"id":2}', 'bad_line'],
    ['{"id":1,"Id":1}', 'bad_line'],
    ['{"id":1,"user":"ada"}', 'bad_line'],
    ['{"id":1', 'bad_line'],
    ['{"id":01}', 'bad_line'],
    ['[{"id":1}]', 'bad_line'],
    ['7', 'bad_line'],
    ["{'id':1}", 'bad_line'],
    ['{"id":1,"more":2}', 'unknown_property'],
    ['{"id":1,"user":{"age":2}}', 'unknown_property'],
    ['{"id":1,"amount":"\\u0000"}', 'bad_encoding'],
    ['{"id":1,"amount":"\\ud800"}', 'bad_encoding'],
    ['{"id":-1}', 'bad_id'],
    ['{"amount":1}', 'bad_id'],
    ['{"id":null}', 'bad_id'],
    ['{"id":1,"payload":"\\ud800"}', 'bad_payload'],
  ])('%s is %s', async (line, reason) => {
    expect(await fieldsOf(line)).toEqual([reason]);
    expect(brokenRules(feed, header, [reason], Buffer.from(line)).map(ruleLine)).toEqual([
      expect.stringMatching(new RegExp(`\\[${reason}\\]$`)),
    ]);
  });

  it.each([
    ['7.0', '7', '7'],
    ['-7.00e0', '-7', '-7'],
    ['7e0', '7', '7'],
    ['7E-0', '7', '7'],
    ['70e-1', '7', '7'],
    ['0.0', '0', '0'],
    ['1.500', 'bad', '1.5'],
    ['1.0625', 'bad', 'bad'],
    ['"7.0"', 'bad', '7.0'],
    ['"1.500"', 'bad', 'bad'],
  ])('has the number %s as the integer %s and the decimal %s', async (raw, integer, decimal) => {
    const found = (type: ColumnType) =>
      fieldsOf(`{"n":${raw}}`, { ...feed, reasons: ['bad'], columns: [{ name: 'n', header: 'n', type, reason: 'bad' }] });
    expect(await found({ kind: 'integer', min: '-9', max: '9' })).toEqual([integer]);
    expect(await found({ kind: 'decimal', precision: 4, scale: 2 })).toEqual([decimal]);
  });

  it('may have the way to a property as the name of one', async () => {
    expect(await fieldsOf('{"id":1,"user.name":"Ada","user":{"address.city":"Rome"}}')).toEqual(['1', 'Ada', 'Rome', '', '']);
    expect(await fieldsOf('{"id":1,"user.address.city":"Rome"}')).toEqual(['1', '', 'Rome', '', '']);
    expect(await fieldsOf('{"id":1,"user.name":"Ada","user":{"name":"Bo"}}')).toEqual(['bad_line']);
    expect(await fieldsOf('{"id":1,"user.age":7}')).toEqual(['unknown_property']);
    expect(await fieldsOf('{"id":1,"user.name.first":"Ada"}')).toEqual(['unknown_property']);
  });

  it('of bytes that are not UTF-8 is bad_encoding', async () => {
    const { rejects } = await scanAll(feed, [Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])]);
    expect(rejects).toMatchObject([{ reasons: 'bad_encoding' }]);
  });

  it('may have properties that the feed ignores', async () => {
    expect(await fieldsOf('{"more":{"id":2},"id":1,"user":{"age":[{}]}}', feedOf('ignore'))).toEqual(['1', '', '', '', '']);
  });

  it.each<[string, string | null]>([
    ['{"id":1}', null],
    [
      '{"z":"é","id":1,"a":1.50,"user":{"name":"x","age":null,"address":{"zip":[1, 2]}}}',
      '{"a":1.50,"user.address.zip":[1, 2],"user.age":null,"z":"é"}',
    ],
    ['{"id":1,"7":"","\\u0061":true,"__proto__":{"x":{}}}', '{"7":"","__proto__":{"x":{}},"a":true}'],
    ['{"id":1,"user":null,"more":"{}","user.age":3}', '{"more":"{}","user.age":3}'],
  ])('%s has the properties %j that the feed keeps', async (line, kept) => {
    const more = { name: 'more', type: { kind: 'json' }, nullable: true, reason: 'bad_payload' } as const;
    const keeping = { ...feedOf({ keep: 'more' }), columns: [more, ...feed.columns] };
    const fields = (await fieldsOf(line, keeping)) as (string | null)[];
    expect(fields.at(-1)).toBe(kept);
    const narrow = {
      ...keeping,
      columns: keeping.columns.map((column) =>
        column.name === 'id' ? { ...column, type: { kind: 'integer', min: '2', max: '9' } as const } : column,
      ),
    };
    const staged = Object.fromEntries(
      [...header, 'more'].map((name, index) => [name, fields[index] === null ? null : Buffer.from(fields[index]!)]),
    );
    const { raw } = new StagedRowCheck(compileContract(narrow), header).rejectOf({ row_offset: 0, line_number: 1, ...staged })!;
    expect(await fieldsOf(raw.toString(), keeping)).toEqual(fields);
  });

  it('that the feed keeps are JSON that servers take, and each there once', async () => {
    const more = { name: 'more', type: { kind: 'json' }, nullable: true, reason: 'bad_more' } as const;
    const keeping = { ...feedOf({ keep: 'more' }), columns: [...feed.columns, more], reasons: [...feed.reasons, 'bad_more'] };
    for (const line of ['{"id":1,"a":1e999}', `{"id":1,"a":${'['.repeat(40)}${']'.repeat(40)}}`, '{"id":1,"a":"\\ud800"}']) {
      expect(await fieldsOf(line, keeping)).toEqual(['bad_more']);
      expect(brokenRules(keeping, header, ['bad_more'], Buffer.from(line)).map(ruleLine)).toEqual([
        'more must be JSON of at most 31 levels [bad_more]',
      ]);
    }
    expect(await fieldsOf('{"id":1,"a":1,"a":1}', keeping)).toEqual(['bad_line']);
    expect(await fieldsOf('{"id":1,"user":{"age":1},"user.age":1}', keeping)).toEqual(['bad_line']);
  });

  it('has the values that JSON.parse finds, and numbers as they stand there', async () => {
    const blank = fc.constantFrom('', ' ', '\t', '  ');
    const number = fc.constantFrom('0', '-0', '1.0', '12345678901234567890', '1E+2', '-1.50');
    const scalar = fc.oneof(
      number,
      fc
        .string({ maxLength: 8, unit: 'grapheme' })
        .filter((each) => !each.includes('\0'))
        .map((each) => JSON.stringify(each)),
      fc.constantFrom('null', 'true', '"\\\\"', '"a\\"}b"'),
    );
    const nested = fc.oneof(
      scalar,
      fc.tuple(scalar, blank).map(([each, space]) => `[${space}${each},${each}]`),
      scalar.map((each) => `{"id":${each}}`),
    );
    const line = fc.record({
      city: scalar,
      name: scalar,
      amount: nested,
      payload: nested,
      more: nested,
      space: blank,
      order: fc.shuffledSubarray([0, 1, 2, 3]),
    });
    await fc.assert(
      fc.asyncProperty(line, async ({ city, name, amount, payload, more, space, order }) => {
        const parts = [
          `"user":${space}{"x":${more},"address":{"city":${space}${city}},"name":${name}}`,
          `"amount":${amount}${space}`,
          `${space}"payload" :${payload}`,
          `"more":${more}`,
        ];
        const taken = order.map((index) => parts[index]!);
        const raw = `{"id":1${taken.map((part) => `,${part}`).join('')}}`;
        JSON.parse(raw);
        const valueOf = (written: string, isThere: boolean) => {
          if (!isThere) return '';
          const value: unknown = JSON.parse(written);
          return typeof value === 'string' || value === null ? value : written;
        };
        const has = (index: number) => order.includes(index);
        const expected = [
          '1',
          valueOf(name, has(0)),
          valueOf(city, has(0)),
          valueOf(amount, has(1)),
          has(2) ? (payload === 'null' ? null : payload) : '',
        ];
        const { rows, rejects } = await scanAll(feedOf('ignore'), pieces(Buffer.from(raw), [5]));
        expect(rejects).toEqual([]);
        expect(rows[0]?.fields).toEqual(expected);
        const staged = Object.fromEntries(
          header.map((each, index) => [each, expected[index] === null ? null : Buffer.from(expected[index] ?? '')]),
        );
        const narrow = {
          ...feed,
          columns: feed.columns.map((column) =>
            column.name === 'id' ? { ...column, type: { kind: 'integer', min: '2', max: '9' } as const } : column,
          ),
        };
        const reject = new StagedRowCheck(compileContract(narrow), header).rejectOf({ row_offset: 0, line_number: 1, ...staged })!;
        expect(await fieldsOf(reject.raw.toString())).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });
});
