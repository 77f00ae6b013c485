import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compileContract } from '../../../../src/engine/read/contract.js';
import { countLineFeeds } from '../../../../src/engine/read/csv/count-line-feeds.js';
import { planRanges, type RangePlan } from '../../../../src/engine/read/csv/plan-ranges.js';
import { eastrock } from '../../../../src/pipelines/eastrock.js';
import { aboutLimit, cuts, dirty, lineBreak } from './dirty-files.js';
import { pieces, scanAll, scanRange } from './scan-driver.js';

const games = eastrock.feeds.find((feed) => feed.name === 'games')!;
const header = '\u{feff}\n \nGameID,UserID,"GameType",PlayDate,Duration\r\n';
const every = fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 60, max: 2_000 }));

async function* stream(buffers: Iterable<Buffer>): AsyncGenerator<Buffer> {
  for (const buffer of buffers) yield await Promise.resolve(buffer);
}

async function plan(bytes: Buffer, rangeBytes: number, sizes: readonly number[] = [65_536]): Promise<RangePlan> {
  const outcome = await planRanges(compileContract(games), stream(pieces(bytes, sizes)), rangeBytes);
  if (outcome.kind === 'bad_header') throw new Error(outcome.problem);
  return outcome;
}

/** Each range scanned on its own, from a stream that ends where the range ends. */
async function scanOneByOne(
  bytes: Buffer,
  { starts, end, columnOrder }: RangePlan,
  sizes: readonly number[] = [65_536],
  limit?: { bytes: number; rejectBytes: number },
) {
  type Scanned = Awaited<ReturnType<typeof scanRange>>;
  const all: { rows: Scanned['rows']; rejects: Scanned['rejects'] } = { rows: [], rejects: [] };
  for (const [index, start] of starts.entries()) {
    const range = { ...start, columnOrder, end: starts[index + 1]?.offset ?? end };
    const { rows, rejects } = await scanRange(games, pieces(bytes.subarray(start.offset, range.end), sizes), range, limit);
    all.rows = all.rows.concat(rows);
    all.rejects = all.rejects.concat(rejects);
  }
  return all;
}

/** The plan's ranges give what the whole gives; returns the plan. */
async function expectSame(
  bytes: Buffer,
  rangeBytes: number,
  sizes?: readonly number[],
  limit?: { bytes: number; rejectBytes: number },
): Promise<RangePlan> {
  const planned = await plan(bytes, rangeBytes, sizes);
  expect(planned.end).toBe(bytes.length);
  const whole = await scanAll(games, [bytes]);
  const { rows, rejects } = await scanOneByOne(bytes, planned, sizes, limit);
  expect(rows.length).toBe(whole.rows.length);
  expect(rows.findIndex((row, i) => JSON.stringify(row) !== JSON.stringify(whole.rows[i]))).toBe(-1);
  expect(rejects.length).toBe(whole.rejects.length);
  expect(rejects.findIndex((reject, i) => JSON.stringify(reject) !== JSON.stringify(whole.rejects[i]))).toBe(-1);
  return planned;
}

/** The boundaries that a scan of the whole comes to when each of its chunks is to have that many bytes. */
async function boundariesByScan(bytes: Buffer, rangeBytes: number) {
  const { boundaries } = await scanAll(games, [bytes], { limit: { bytes: rangeBytes, rejectBytes: Infinity } });
  return boundaries.filter(({ offset }) => offset < bytes.length);
}

const quotedLineBreaks = fc
  .array(
    fc.tuple(
      fc.nat({ max: 400 }),
      fc.array(fc.constantFrom('\n', '\r\n', 'x', '""', ',', 'GameID,UserID', '\n1,2,Slots,3/4/2023,5\n', ''), { maxLength: 6 }),
      lineBreak,
    ),
    { minLength: 1, maxLength: 40 },
  )
  .map((rows) => Buffer.from(header + rows.map(([id, parts, end]) => `${id + 1},"2","${parts.join('')}",3/4/2023,5${end}`).join('')));

describe('ranges of an object', () => {
  it('give the same rows, rejects, lines and offsets as the whole, for any mix of good and broken bytes', async () => {
    await fc.assert(
      fc.asyncProperty(
        dirty,
        every,
        cuts,
        fc.record({ bytes: fc.integer({ min: 1, max: 300 }), rejectBytes: fc.integer({ min: 1, max: 2000 }) }),
        async (body, rangeBytes, sizes, limit) => {
          const bytes = Buffer.concat([Buffer.from(header), body]);
          const { starts } = await expectSame(bytes, rangeBytes, sizes, limit);
          expect(starts.slice(1)).toEqual((await boundariesByScan(bytes, rangeBytes)).slice(1));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('never begin inside of a quoted field, however many line breaks there are', async () => {
    await fc.assert(
      fc.asyncProperty(quotedLineBreaks, every, cuts, async (bytes, rangeBytes, sizes) => {
        const { starts } = await expectSame(bytes, rangeBytes, sizes);
        expect(starts.slice(1)).toEqual((await boundariesByScan(bytes, rangeBytes)).slice(1));
      }),
      { numRuns: 500 },
    );
  });

  it('are right around rows of about 1 MiB', async () => {
    await fc.assert(
      fc.asyncProperty(
        aboutLimit,
        fc.constantFrom(200_000, 1 << 19, 1 << 20),
        fc.constantFrom([65_536], [300_000], [1 << 22]),
        async (body, rangeBytes, sizes) => {
          await expectSame(Buffer.concat([Buffer.from(header), body]), rangeBytes, sizes);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('are right in files of megabytes, with stretches of every kind', async () => {
    const row = (i: number) => `${i},2,Slots,3/4/2023,5\n`;
    const kinds = [
      (i: number) => row(i),
      (i: number) => `${i},"2","a\n${'b\n'.repeat(i % 7)}""c""",3/4/2023,5\r\n`,
      (i: number) => `${i},2,Sl"ots,3/4/2023,5\n`,
      (i: number) => `${i},"2","unbalanced,3/4/2023,5\n`,
      () => '\n',
      (i: number) => `${i},2,${'x'.repeat(70_000)},3/4/2023,5\n`,
    ];
    const text = kinds.flatMap((kind, which) =>
      Array.from({ length: which === 5 ? 30 : 20_000 }, (_, i) => (i % 5 === 4 ? kind(i + 1) : row(i + 1))),
    );
    const bytes = Buffer.from(`${header}${text.join('')}${'y'.repeat(3 << 20)}\n${row(7)}"${'\n'.repeat(2 << 20)}\n${row(8).trimEnd()}`);
    const { starts } = await expectSame(bytes, 100_000);
    expect(starts.length).toBeGreaterThan(20);
    expect(starts).toEqual((await plan(bytes, 100_000, [7, 1 << 20, 1_000_003])).starts);
    expect(starts.slice(1)).toEqual((await boundariesByScan(bytes, 100_000)).slice(1));
  });

  it('are one for a header without rows, and none for a bad header', async () => {
    const bytes = Buffer.from(header);
    expect(await plan(bytes, 1)).toEqual({
      kind: 'ok',
      columnOrder: [0, 1, 2, 3, 4],
      starts: [{ offset: bytes.length, line: 4 }],
      end: bytes.length,
    });
    expect(await planRanges(compileContract(games), stream([Buffer.from('GameID\n1\n')]), 1)).toMatchObject({ kind: 'bad_header' });
    expect(await planRanges(compileContract(games), stream([]), 1)).toMatchObject({ kind: 'bad_header', lineNumber: 0 });
  });
});

it('line feeds are counted from any byte to any other', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat({ max: 60 }), fc.nat({ max: 60 }), fc.nat({ max: 7 }), (array, a, b, shift) => {
      const bytes = Buffer.concat([
        Buffer.alloc(shift),
        Buffer.from(array.map((byte) => (byte % 4 === 0 ? 10 : byte % 4 === 1 ? 0x8a : byte))),
      ]).subarray(shift);
      const [start, end] = [Math.min(a, b, bytes.length), Math.min(Math.max(a, b), bytes.length)];
      expect(countLineFeeds(bytes, start, end)).toBe(bytes.subarray(start, end).filter((byte) => byte === 10).length);
    }),
    { numRuns: 2_000 },
  );
});
