import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { FeedDefinition } from '../../../../src/engine/definition/types.js';
import { brokenRules, ruleLine } from '../../../../src/engine/read/broken-rules.js';
import { compileContract } from '../../../../src/engine/read/contract.js';
import { StagedRowCheck } from '../../../../src/engine/read/staged-row-check.js';
import { pieces, scanAll, scanRange, type ScanResult } from '../csv/scan-driver.js';
import { planRanges } from '../../../../src/engine/read/csv/plan-ranges.js';

const text = (name: string, maxLength = 100, nullable = true) =>
  ({ name, header: name, type: { kind: 'text', maxLength, ...(nullable && { empty: '' }) }, nullable, reason: 'too_long' }) as const;
const feed: FeedDefinition = {
  name: 'visits',
  match: '^access\\.log$',
  format: { kind: 'combined-log' },
  reasons: ['bad_time', 'bad_status', 'too_long'],
  columns: [
    { name: 'at', header: 'visit_time', type: { kind: 'timestamp', zone: 'utc', precision: 0 }, reason: 'bad_time' },
    text('ip', 100, false),
    text('user_name'),
    text('path'),
    text('request', 100, false),
    { name: 'status', header: 'status', type: { kind: 'integer', min: '100', max: '599' }, reason: 'bad_status' },
    text('user_agent'),
  ],
};
const line = (parts: Partial<Record<'user' | 'request' | 'status' | 'agent', string>> = {}) =>
  `203.0.113.9 - ${parts.user ?? 'ada'} [22/Jun/202008:15:00 +0000] "${parts.request ?? 'GET /a,b HTTP/1.0'}" ${parts.status ?? '200'} 12 "-" "${parts.agent ?? 'curl/8'}"`;
const good: readonly (string | null)[] = ['2020-06-22 08:15:00', '203.0.113.9', 'ada', '/a,b', 'GET /a,b HTTP/1.0', '200', 'curl/8'];
const scan = (bytes: Buffer | string, limit?: { bytes: number; rejectBytes: number }, cuts = [7]): Promise<ScanResult> =>
  scanAll(feed, pieces(Buffer.from(bytes), cuts), limit ? { limit } : {});
const places = ({ rows, rejects }: ScanResult) => ({
  rows: rows.map(({ offset, line: number, fields }) => [number, offset, fields]),
  rejects: rejects.map(({ line: number, offset, bytes, reasons }) => [number, offset, bytes, reasons]),
});

describe('lines of a web log', () => {
  it('are rows with their places; blank lines are none, and a byte order mark is no part of the first', async () => {
    const found = await scan(`\ufeff${line()}\n\n \t\n${line({ user: '-' })}\r\n${line()}`);
    const length = line().length;
    expect(places(found)).toEqual({
      rows: [
        [1, 3, good],
        [4, 3 + length + 5, good.with(2, null)],
        [5, 3 + 2 * length + 5, good],
      ],
      rejects: [],
    });
  });

  it('go to quarantine as they are, each with the reasons of its own', async () => {
    const bad = [
      [line().slice(0, -3), 'bad_line'],
      [line({ status: '99' }), 'bad_number'],
      [line().replace('22/Jun', '31/Jun'), 'bad_date'],
      [line({ status: '600' }).replace('22/Jun', '31/Jun'), 'bad_number,bad_date'],
      [line({ agent: 'x'.repeat(101) }), 'too_long'],
      [`  ${line()}`, 'bad_line'],
    ];
    const { rows, rejects } = await scan(bad.map(([each]) => `${each}\n`).join(''));
    expect(rows).toEqual([]);
    expect(rejects.map(({ raw, reasons }) => [raw, reasons])).toEqual(bad);
    expect(
      rejects.map(({ raw, reasons }) =>
        brokenRules(
          feed,
          feed.columns.map(({ name }) => name),
          reasons.split(','),
          Buffer.from(raw),
        ).map(ruleLine),
      ),
    ).toEqual([
      [expect.stringMatching(/^the line must be of the combined log format: .* \[bad_line\]$/)],
      [expect.stringMatching(/^the status must be from 100 to 599.* \[bad_number\]$/)],
      [expect.stringMatching(/^the time must exist, of the years 1000 to 9999, as .* \[bad_date\]$/)],
      [expect.stringMatching(/\[bad_number\]$/), expect.stringMatching(/\[bad_date\]$/)],
      ['user_agent must have at most 100 characters [too_long]'],
      [expect.stringMatching(/\[bad_line\]$/)],
    ]);
  });

  it('keep blanks, backslashes and what is no UTF-8', async () => {
    const bytes = Buffer.concat([Buffer.from(line({ agent: ' \\t\\"x\\" ' }).slice(0, -1)), Buffer.from([0xff, 0, 0x22])]);
    const { rows } = await scan(bytes);
    expect(rows).toMatchObject([{ padded: false, fields: good.with(6, ' \\t"x" \\xff\\x00') }]);
  });

  it('are lines up to 1 MiB, and longer ones are kept in part', async () => {
    const agent = (length: number) => line({ agent: 'x'.repeat(length - line({ agent: '' }).length) });
    const { rejects } = await scan(`${agent(1 << 20)}\n${agent((1 << 20) + 1)}\n`, undefined, [100_000]);
    expect(rejects.map(({ bytes, reasons, raw }) => [bytes, reasons, raw.length])).toEqual([
      [1 << 20, 'too_long', 1 << 20],
      [(1 << 20) + 1, 'row_too_long', 64 << 10],
    ]);
  });

  it('a file of zero bytes has no rows, and is good', async () => {
    expect(await scan('')).toMatchObject({ header: { kind: 'ok' }, rows: [], rejects: [] });
  });

  it('are the same whatever the cuts, the chunks and the ranges', async () => {
    const some = fc.array(
      fc.constantFrom(
        line(),
        line({ user: '-' }),
        '',
        ' ',
        line({ status: '7' }),
        'x',
        line({ agent: '\u00e9\\\\' }),
        '"',
        line({ request: '' }),
      ),
      { maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(
        some,
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        fc.integer({ min: 1, max: 300 }),
        async (lines, end, last, size) => {
          const bytes = Buffer.from(lines.map((each, index) => each + (last && index === lines.length - 1 ? '' : end)).join(''));
          const whole = await scan(bytes, undefined, [1 << 20]);
          expect(places(await scan(bytes, { bytes: size, rejectBytes: 300 }, [size]))).toEqual(places(whole));
          const plan = await planRanges(compileContract(feed), stream(bytes), size);
          if (plan.kind !== 'ok') throw new Error('refused');
          const parts = await Promise.all(
            plan.starts.map((start, index) => {
              const stop = plan.starts[index + 1]?.offset ?? plan.end;
              return scanRange(feed, [bytes.subarray(start.offset, stop)], { ...start, columnOrder: plan.columnOrder, end: stop });
            }),
          );
          expect(places({ ...whole, rows: parts.flatMap(({ rows }) => rows), rejects: parts.flatMap(({ rejects }) => rejects) })).toEqual(
            places(whole),
          );
        },
      ),
      { numRuns: 100 },
    );
  });
});

async function* stream(bytes: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(bytes);
}

describe('lines that are loaded again', () => {
  const replayed = compileContract(feed, { loadId: 7, bytes: 41 });

  it('tell their former places, where the first line says so', async () => {
    const { header, rows, rejects } = await scanAll(replayed, [
      Buffer.from(`strata_row\tline\n7@40\t${line()}\n7@41\t${line()}\n8@1\t${line()}\n${line()}\n7@9\tx`),
    ]);
    expect(header).toMatchObject({ columnOrder: [0, 1, 2, 3, 4, 5, 6, 7] });
    expect(rows).toMatchObject([{ line: 2, offset: 16, fields: [...good, '7@40'] }]);
    expect(rejects.map(({ line: number, reasons }) => [number, reasons])).toEqual([
      [3, 'bad_strata_row'],
      [4, 'bad_strata_row'],
      [5, 'bad_strata_row'],
      [6, 'bad_line'],
    ]);
  });

  it('are lines like any others where it does not', async () => {
    const { header, rows } = await scanAll(replayed, [Buffer.from(`${line()}\n`)]);
    expect(header).toMatchObject({ columnOrder: [0, 1, 2, 3, 4, 5, 6] });
    expect(rows).toMatchObject([{ fields: good }]);
  });
});

describe('staged rows of a log that are checked again', () => {
  const header = feed.columns.map(({ name }) => name);
  const staged = (fields: readonly (string | null)[]) => ({
    row_offset: 5,
    line_number: 2,
    ...Object.fromEntries(header.map((name, index) => [name, fields[index] === null ? null : Buffer.from(fields[index]!)])),
  });

  it('are good with what is NULL', () => {
    expect(new StagedRowCheck(compileContract(feed), header).rejectOf(staged(good.with(2, null)))).toBeUndefined();
  });

  it('are written as a line that gives the same row again', async () => {
    const narrow: FeedDefinition = {
      ...feed,
      columns: feed.columns.map((column) =>
        column.name === 'path' ? { ...column, type: { kind: 'text', maxLength: 1, empty: '' } } : column,
      ),
    };
    const odd = [good, good.with(2, null), good.with(4, 'GET /"\\ HTTP/1.0').with(3, '/"\\').with(6, '\\x00 "q"')];
    for (const fields of odd) {
      const reject = new StagedRowCheck(compileContract(narrow), header).rejectOf(staged(fields))!;
      expect(reject).toMatchObject({ reasons: ['too_long'], rowOffset: 5, lineNumber: 2 });
      expect((await scan(reject.raw)).rows).toMatchObject([{ fields }]);
    }
  });
});
