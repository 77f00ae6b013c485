import { describe, expect, it } from '@jest/globals';
import { eastrock } from '../../../../src/pipelines/eastrock.js';
import { compileContract } from '../../../../src/engine/read/contract.js';
import { HeaderReader } from '../../../../src/engine/read/csv/header/header-reader.js';
import type { Reject } from '../../../../src/engine/read/reject.js';
import type { Scanner } from '../../../../src/engine/read/csv/scanner.js';
import { scannerOf } from './scan-driver.js';

const contract = compileContract(eastrock.feeds.find((feed) => feed.name === 'games')!);
const piece = 1 << 16;

/** Scans generated buffers; returns what came and by how many bytes resident memory grew at most. */
function scanAll(buffers: Iterable<Buffer>): { rows: number; rejects: Reject[]; rejected: number; growth: number; scanner: Scanner } {
  const before = process.memoryUsage.rss();
  let growth = 0;
  let rows = 0;
  let rejected = 0;
  const rejects: Reject[] = [];
  const sink = {
    onRows: (_: Buffer, count: number): void => void (rows += count),
    onReject: (reject: Reject): void => {
      if (rejects.length < 10) rejects.push(reject);
      rejected++;
    },
  };
  const scanner = scannerOf({ contract, columnOrder: [0, 1, 2, 3, 4], startOffset: 0, startLine: 1, sink });
  let count = 0;
  for (const buffer of buffers) {
    scanner.push(buffer);
    if (++count % 256 === 0) growth = Math.max(growth, process.memoryUsage.rss() - before);
  }
  scanner.end();
  scanner.flush();
  growth = Math.max(growth, process.memoryUsage.rss() - before);
  return { rows, rejects, rejected, growth, scanner };
}

function* repeat(buffer: Buffer, times: number): Generator<Buffer> {
  for (let i = 0; i < times; i++) yield buffer;
}

const good = '1,2,Slots,3/4/2023,5\n';

describe('scanner, on large and hostile input', () => {
  it('skips a line of 1 GB in constant memory and reads on', () => {
    const times = 1e9 / 1e5;
    function* file(): Generator<Buffer> {
      yield Buffer.from(`${good}1,2,`);
      yield* repeat(Buffer.alloc(1e5, 'x'), times);
      yield Buffer.from(`\r\n${good}`);
    }
    const { rows, rejects, growth, scanner } = scanAll(file());
    expect(rows).toBe(2);
    expect(rejects).toMatchObject([{ lineNumber: 2, rowOffset: 21, rowBytes: 1e9 + 4, reasons: ['row_too_long'] }]);
    expect(rejects[0]?.raw.toString()).toBe('1,2,'.padEnd(65536, 'x'));
    expect([scanner.offset, scanner.line]).toEqual([21 + 4 + 1e9 + 2 + 21, 4]);
    expect(growth).toBeLessThan(100e6);
  });

  it('passes 0.9 GB of NUL bytes in constant memory', () => {
    const { rows, rejects, growth } = scanAll(repeat(Buffer.alloc(piece), 15_000));
    expect(rows).toBe(0);
    expect(rejects).toMatchObject([{ rowBytes: 15_000 * piece, reasons: ['row_too_long'] }]);
    expect(growth).toBeLessThan(100e6);
  });

  it('takes a single buffer of 80 MB without copying it whole', () => {
    const file = Buffer.alloc(80e6 - (80e6 % good.length), good);
    const { rows, growth } = scanAll([file]);
    expect(rows).toBe(file.length / good.length);
    expect(growth).toBeLessThan(60e6);
  });

  it('looks for a header in 130 MB of blank lines in constant memory', () => {
    const before = process.memoryUsage.rss();
    const reader = new HeaderReader(contract);
    for (const buffer of repeat(Buffer.alloc(piece, ' '), 1000)) expect(reader.push(buffer)).toBeUndefined();
    for (const buffer of repeat(Buffer.alloc(piece, '\n'), 1000)) expect(reader.push(buffer)).toBeUndefined();
    expect(reader.end()).toMatchObject({ kind: 'bad_header', lineNumber: 1 });
    expect(process.memoryUsage.rss() - before).toBeLessThan(100e6);
  });

  const hostile: readonly (readonly [string, string])[] = [
    ['each line opens a quote', '"\n'],
    ['each line opens a quote after text', '1,2,"a\n'],
    ['each line has three quotes', '"""\n'],
    ['each line opens and closes and opens', '",""\n'],
    ['a quote opens every 100 lines', `1,"\n${'1,2\n'.repeat(99)}`],
    ['a quote opens every 700 KB', `1,"\n${`${'x'.repeat(99)}\n`.repeat(7000)}`],
    ['a quote opens every 1.2 MB', `1,"\n${`${'x'.repeat(99)}\n`.repeat(12000)}`],
    ['a quoted field of line breaks only', `1,"${'\n'.repeat(1_100_000)}`],
    ['doubled quotes without end', `"${'""'.repeat(1_100_000)}\n`],
    ['lines of spaces that end in a letter', `${' '.repeat(900_000)}x\n`],
  ];

  it.each(hostile)('needs time in proportion to the bytes when %s', (_, text) => {
    const block = Buffer.from(text.repeat(Math.max(1, Math.ceil(2e6 / text.length))));
    const cpu = (times: number): number => {
      const start = process.cpuUsage();
      scanAll(cut(block, times));
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1e6;
    };
    // 8 MB; reading each byte a few times, and making a reject of every line, takes far less than this.
    expect(cpu(4)).toBeLessThan(6);
  });

  function* cut(block: Buffer, times: number): Generator<Buffer> {
    for (let i = 0; i < times; i++) for (let at = 0; at < block.length; at += piece) yield block.subarray(at, at + piece);
  }
});
