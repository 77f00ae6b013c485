import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { eastrock } from '../../../../src/pipelines/eastrock.js';
import { compileContract } from '../../../../src/engine/read/contract.js';
import { HeaderReader, type HeaderOutcome } from '../../../../src/engine/read/csv/header/header-reader.js';
import type { FormatDefinition } from '../../../../src/engine/read/format.js';
import { pieces, textFeed } from './scan-driver.js';

const contract = compileContract(eastrock.feeds.find((feed) => feed.name === 'users')!);

function read(file: string | Buffer, sizes: readonly number[] = [65536]): HeaderOutcome {
  const reader = new HeaderReader(contract);
  for (const piece of pieces(Buffer.from(file), sizes)) {
    const outcome = reader.push(piece);
    if (outcome !== undefined) return outcome;
  }
  return reader.end();
}

/** Without the names that the definition has, which end it. */
function problem(file: string | Buffer): string {
  const outcome = read(file);
  return outcome.kind === 'ok'
    ? 'ok'
    : `${outcome.lineNumber}: ${outcome.problem.replace('. Expected: UserID, UserName, SignUpDate, Country', '')}`;
}

const rows = '1,a,1/1/2020,DE\n';

describe('header', () => {
  it('finds the columns by name, in any order and case, trimmed, quoted or not', () => {
    for (const header of [
      'UserID,UserName,SignUpDate,Country',
      ' userid,\tUSERNAME ,signUpDate,"Country"',
      '"UserID ","UserName","SignUpDate\r\n",Country',
    ]) {
      expect(read(`${header}\n${rows}`)).toMatchObject({ kind: 'ok', columnOrder: [0, 1, 2, 3] });
    }
    expect(read(`country,SIGNUPDATE,UserID,UserName\r\n${rows}`)).toMatchObject({ kind: 'ok', columnOrder: [3, 2, 0, 1] });
  });

  it('takes the column whose name is exact where the others are ignored, for a database may have names that differ in case', () => {
    const users = eastrock.feeds.find((feed) => feed.name === 'users')!;
    const ignoring = compileContract({ ...users, format: { kind: 'csv', extraColumns: 'ignore' } });
    const outcome = (header: string) => new HeaderReader(ignoring).push(Buffer.from(`${header}\n${rows}`));
    expect(outcome('userid,UserID,"UserID ",UserName,SignUpDate,COUNTRY')).toMatchObject({ kind: 'ok', columnOrder: [-1, 0, -1, 1, 2, 3] });
    expect(outcome('userid,USERID,UserName,SignUpDate,Country')).toMatchObject({ kind: 'bad_header' });
    expect(outcome('UserID,UserID,UserName,SignUpDate,Country')).toMatchObject({ kind: 'bad_header' });
  });

  it('may tell the former places of rows that are loaded again, and of no others', () => {
    const again = compileContract(
      eastrock.feeds.find((feed) => feed.name === 'users')!,
      { loadId: 7, bytes: undefined },
    );
    const outcome = (header: string) => new HeaderReader(again).push(Buffer.from(`${header}\n${rows}`));
    expect(outcome('Strata_Row,UserID,UserName,SignUpDate,Country')).toMatchObject({ kind: 'ok', columnOrder: [4, 0, 1, 2, 3] });
    expect(outcome('UserID,UserName,SignUpDate,Country')).toMatchObject({ kind: 'ok', columnOrder: [0, 1, 2, 3] });
    expect(outcome('strata_row,UserID,UserName,Country')).toMatchObject({
      kind: 'bad_header',
      problem: 'the header lacks SignUpDate. Expected: UserID, UserName, SignUpDate, Country',
    });
    expect(problem('strata_row,UserID,UserName,SignUpDate,Country')).toBe(
      "1: column 1 of the header is not one of the feed's: rows with strata_row keep their places when they are loaded from the quarantine folder of their load. Take the column out for a file of new rows",
    );
  });

  it('is the first line that is not blank, with or without a byte order mark', () => {
    const header = 'UserID,UserName,SignUpDate,Country';
    expect(read(`${header}\n${rows}`)).toMatchObject({ nextOffset: 35, nextLine: 2 });
    expect(read(`\u{feff}${header}\r\n${rows}`)).toMatchObject({ nextOffset: 39, nextLine: 2 });
    expect(read(`\u{feff}\n \t\r\n${header}\n${rows}`)).toMatchObject({ nextOffset: 43, nextLine: 4 });
    expect(read(`${' '.repeat(3 << 20)}\n${header}\n${rows}`)).toMatchObject({ nextOffset: (3 << 20) + 36, nextLine: 3 });
    expect(read(header)).toMatchObject({ nextOffset: 34, nextLine: 1 });
  });

  it('leaves every byte after it, however the file is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 5 }),
        fc.constantFrom('', '\u{feff}'),
        (sizes, bom) => {
          const file = Buffer.from(`${bom}\n"UserID",UserName,SignUpDate,Country\n${rows}${rows}`);
          const reader = new HeaderReader(contract);
          let outcome: HeaderOutcome | undefined;
          const after: Buffer[] = [];
          for (const piece of pieces(file, sizes)) {
            if (outcome === undefined) outcome = reader.push(piece);
            else after.push(piece);
          }
          outcome ??= reader.end();
          if (outcome.kind !== 'ok') throw new Error(outcome.problem);
          expect(Buffer.concat([outcome.rest, ...after]).equals(file.subarray(outcome.nextOffset))).toBe(true);
          expect(outcome.nextOffset).toBe(file.length - 2 * rows.length);
        },
      ),
    );
  });

  it('refuses a file without a header line: line 0 when it has no bytes, else line 1', () => {
    expect(problem('')).toBe('0: the file is empty');
    for (const file of ['\u{feff}', '\n', ' \t\r\n\n', '   ', ' '.repeat(3 << 20)])
      expect(problem(file)).toBe('1: the file has no header line');
  });

  it('refuses a header that lacks a column, has one twice or has one that the contract does not know', () => {
    expect(problem(`UserID,UserName,SignUpDate\n${rows}`)).toBe('1: the header lacks Country');
    expect(problem(`UserID,UserName,userid,SignUpDate,Country\n${rows}`)).toBe(
      '1: the header has the column UserID twice (columns 1 and 3)',
    );
    expect(problem(`UserID,UserName,SignUpDate,Country,Age\n${rows}`)).toBe("1: column 5 of the header is not one of the feed's");
    expect(problem(`UserID,UserName,SignUpDate,Country,\n${rows}`)).toBe(
      "1: column 5 of the header is not one of the feed's; the last column has no name: a comma too many ends the line",
    );
    expect(problem(`\n\n${rows}`)).toBe(
      "1: column 1 of the header is not one of the feed's. The first line looks like a row: put a header line before it",
    );
  });

  it('refuses misplaced quotes', () => {
    for (const file of ['UserID,User"Name,SignUpDate,Country\n', '"UserID"x,UserName\n', '"UserID,UserName\n1,2\n']) {
      expect(problem(file)).toBe('1: the header line has a misplaced quote');
    }
    expect(read('"UserID,UserName\n1,2\n')).toMatchObject({ raw: Buffer.from('"UserID,UserName') });
  });

  it('refuses NUL bytes, a gzip file, invalid UTF-8, 2,000 columns and a line of more than 1 MiB, keeping at most 64 KiB', () => {
    expect(problem('UserID,UserName,SignUpDate,Country\0\n')).toMatch(/^1: the header line is not UTF-8 text: /);
    expect(problem(Buffer.from('UserID,UserName,SignUpDate,Countr\xff\n', 'latin1'))).toMatch(/^1: the header line is not UTF-8 text: /);
    expect(problem(gzipSync(Buffer.from(`UserID,UserName,SignUpDate,Country\n${rows}`)))).toMatch(/^1: the header line/);
    expect(problem(`${Array.from({ length: 2000 }, (_, i) => `c${i}`).join()}\n`)).toMatch(
      /^1: columns 1, 2, .* 10 and 1990 more of the header are not one of the feed's/,
    );
    expect(problem(`UserID,UserName,SignUpDate,Country${',x'.repeat(2000)}\n`)).toMatch(
      /^1: columns 5, .* of the header are not one of the feed's$/,
    );
    for (const file of [Buffer.alloc(3 << 20), Buffer.from(`${'x,'.repeat(1 << 20)}\n`), Buffer.from(`${' '.repeat(2 << 20)}x\n`)]) {
      const outcome = read(file);
      expect(outcome).toMatchObject({
        kind: 'bad_header',
        lineNumber: 1,
        problem: expect.stringMatching(/^the header line is longer than 1 MiB/) as unknown,
      });
      if (outcome.kind === 'bad_header') expect(outcome.raw.equals(file.subarray(0, 65536))).toBe(true);
    }
  });

  describe('of a file whose lines end with CR alone', () => {
    const outcomeOf = (format: FormatDefinition, file: string, optional = false) => {
      const columns = textFeed(2).columns.map((column) => ({ ...column, optional: optional && column.name === 'c1' }));
      const reader = new HeaderReader(compileContract({ ...textFeed(2), columns, format }));
      return reader.push(Buffer.from(file)) ?? reader.end();
    };
    const refused = {
      kind: 'bad_header',
      problem: expect.stringMatching(/^its lines end with CR alone. End them with LF or CR LF/) as unknown,
    };

    it.each<[string, FormatDefinition, string]>([
      ['a line that is skipped would be the whole file', { kind: 'csv', header: 'position' }, 'C0,C1\r1,a\r2,b\r'],
      ['a row would hold the others', { kind: 'csv', header: 'none' }, '1,a\r2,b'],
      ['columns that are ignored would hold the rows', { kind: 'csv', header: 'none', extraColumns: 'ignore' }, '1,a\r2,b\r'],
      ['columns of the header would hold the rows', { kind: 'csv', extraColumns: 'ignore' }, 'C0,C1\r1,a\r2,b\r'],
    ])('is refused, for %s', (_why, format, file) => expect(outcomeOf(format, file, true)).toMatchObject(refused));

    it.each<[string, FormatDefinition, string]>([
      ['a CR in quotes', { kind: 'csv', header: 'position' }, '"C\r0",C1\n1,a\n'],
      ['a CR before the line break', { kind: 'csv', header: 'position' }, 'C0,C1\r\r\n1,a\n'],
      ['a CR in the first of several rows', { kind: 'csv', header: 'none' }, '1,a\rb\n2,c\n'],
      ['a row and a CR', { kind: 'csv', header: 'none' }, '1,a\r'],
    ])('is not one with %s', (_what, format, file) => expect(outcomeOf(format, file)).toMatchObject({ kind: 'ok' }));
  });

  it('refuses a file of another kind whose first line may be a row, and says what it is', () => {
    const outcome = (format: FormatDefinition, file: Buffer) => {
      const reader = new HeaderReader(compileContract({ ...textFeed(2), format }));
      return reader.push(file) ?? reader.end();
    };
    const headless: FormatDefinition = { kind: 'csv', header: 'none' };
    expect(outcome(headless, gzipSync('1,a\n'))).toMatchObject({
      kind: 'bad_header',
      reason: 'bad_encoding',
      problem: "the file is compressed by gzip. Unpack it first, or let the feed say so: format: { compression: 'gzip' }",
    });
    expect(outcome({ ...headless, compression: 'by-name' }, gzipSync('1,a\n'))).toMatchObject({
      problem: 'the file is compressed by gzip. Unpack it first, or give it a name that ends with .gz',
    });
    expect(outcome({ kind: 'csv', header: 'position' }, Buffer.from('\u{feff}C0,C1\n1,a\n', 'utf16le'))).toMatchObject({
      problem: "the file is UTF-16 (Excel calls it Unicode text). Save it as UTF-8, or let the feed say so: format: { encoding: 'utf-16' }",
    });
    expect(outcome({ kind: 'ndjson' }, Buffer.from('\u{feff}{"C0":"1"}\n', 'utf16le'))).toMatchObject({
      problem: 'the file is UTF-16 (Excel calls it Unicode text). Save it as UTF-8',
    });
    expect(outcome({ kind: 'combined-log' }, Buffer.from('PK\x03\x04\x14\0', 'latin1'))).toMatchObject({
      problem: 'the file is a zip archive. Unpack it first',
    });
    expect(outcome(headless, Buffer.from('ORC,1\nBZh,2\n'))).toMatchObject({ kind: 'ok' });
  });
});
