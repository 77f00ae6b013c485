import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { compileContract } from '../../../../src/engine/read/contract.js';
import { HeaderReader, type BadHeader } from '../../../../src/engine/read/csv/header/header-reader.js';
import type { FeedDefinition } from '../../../../src/engine/definition/types.js';
import { plainFrame } from '../decode/zstd-files.js';

const feed: FeedDefinition = {
  name: 'things',
  match: '^things.*\\.csv$',
  reasons: ['bad'],
  columns: [
    { name: 'thing_id', header: 'Thing ID', type: { kind: 'integer', min: '1', max: '4294967295' }, reason: 'bad' },
    { name: 'label', header: 'Label', type: { kind: 'text', maxLength: 100, empty: '' }, reason: 'bad' },
    { name: 'made', header: 'Made', type: { kind: 'date', format: 'yyyy-mm-dd' }, reason: 'bad' },
    { name: 'price', header: 'Price', type: { kind: 'decimal', precision: 10, scale: 2 }, reason: 'bad' },
  ],
};
const contract = compileContract(feed);
const header = 'Thing ID,Label,Made,Price';
const row = '1,secretvalue,2025-01-31,1.50';
const good = `${header}\n${row}\n`;

function refused(file: string | Buffer): BadHeader {
  const reader = new HeaderReader(contract);
  const outcome = reader.push(Buffer.from(file)) ?? reader.end();
  if (outcome.kind === 'ok') throw new Error('the header is good');
  return outcome;
}

const utf16 = (text: string, mark = '\u{feff}') => Buffer.from(mark + text, 'utf16le');

describe('a refused header', () => {
  it.each<[string, string | Buffer, RegExp]>([
    [
      'semicolons',
      good.replaceAll(',', ';'),
      /^the header has 1 column instead of 4: ";" separates the columns of this file, and a comma must. Expected: Thing ID, Label, Made, Price$/,
    ],
    [
      'semicolons and quotes',
      '"Thing ID";"Label";"Made";"Price"\n"1";"a";"2025-01-31";"1,50"\n',
      /^the header has 1 column instead of 4: ";" separates/,
    ],
    ['semicolons and commas in a name', 'Thing ID;Label;Made;"Price, net"\n', /";" separates/],
    ['tabs', good.replaceAll(',', '\t'), /: a tab separates the columns/],
    ['bars', good.replaceAll(',', '|'), /: "\|" separates the columns/],
    ['bars and other names', 'id|name|day|amount\n1|a|2025-01-31|1\n', /: "\|" separates the columns/],
    ['a line for Excel', `sep=,\n${good}`, /^the first line is a "sep=" line for Excel and no header. Take it out/],
    ['a line for Excel in quotes', `"sep=;"\r\n${good.replaceAll(',', ';')}`, /^the first line is a "sep=" line/],
    ['a comment', `# things of today\n${good}`, /^the header is not the first line. Take out what stands before it \(1 line\)/],
    ['a title and a blank line', `Things, all of them\nas of,2025-01-31\n\n${good}`, /Take out what stands before it \(3 lines\)/],
    ['a comment and no header', `# things of today\n${row}\n`, /^the first line looks like a comment/],
    [
      'no header',
      `${row}\n${row}\n`,
      /The first line looks like a row: put a header line before it\. Expected: Thing ID, Label, Made, Price$/,
    ],
    ['no header and another order', 'secretvalue,2025-01-31,17,3.5\n', /The first line looks like a row/],
    ['lines that end with CR', good.replaceAll('\n', '\r'), /^its lines end with CR alone. End them with LF or CR LF/],
    ['an underscore', good.replace('Thing ID', 'Thing_ID'), /^column 1 is almost "Thing ID", but not quite. Expected: /],
    ['a space that is none', good.replace('Label', 'Label\u{a0}'), /^column 2 is almost "Label"/],
    ['a second byte order mark', `\u{feff}\u{feff}${good}`, /^column 1 is almost "Thing ID"/],
    ['a slip', good.replace('Price', 'Prcie'), /^column 4 is almost "Price"/],
    ['a missing column', good.replace(',Made', ''), /^the header lacks Made\. Expected/],
    [
      'missing columns and others',
      'Thing ID,Colour,Weight,Price\n',
      /^columns 2, 3 of the header are not one of the feed's; the header lacks Label, Made\./,
    ],
    ['a column too many', good.replace('Price', 'Price,Note'), /^column 5 of the header is not one of the feed's\. Expected/],
    [
      'a comma too many',
      good.replace('Price', 'Price,'),
      /^column 5 of the header is not one of the feed's; the last column has no name: a comma too many ends the line\./,
    ],
    ['a column twice', good.replace('Price', 'Price,price'), /^the header has the column Price twice \(columns 4 and 5\)\./],
    ['a line in quotes', `"${header}"\n"${row}"\n`, /^the whole header line stands in quotes, so that it is one column. Take them out\./],
    ['single quotes', "'Thing ID','Label','Made','Price'\n", /^the names of its columns stand in quotes of another kind/],
    ['curly quotes', '“Thing ID”,“Label”,“Made”,“Price”\n', /quotes of another kind/],
    ['an open quote', `Thing ID,"Label,Made,Price\n${row}\n`, /^the header line has a misplaced quote\. Expected/],
    ['JSON', '{"Thing": 1}\n', /^the file looks like JSON/],
    ['HTML', '<!doctype html>\n<title>404</title>\n', /^the file looks like HTML or XML/],
    ['gzip', gzipSync(good), /the file is compressed by gzip. Unpack it first, or let the feed say so: format: \{ compression: 'gzip' \}$/],
    ['zstd', plainFrame([Buffer.from(good), Buffer.of(0xff)]), /the file is compressed by zstd. Unpack it first, or .*'zstd' \}$/],
    ['bzip2', Buffer.from('BZh9\xff\n', 'latin1'), /the file is compressed by bzip2. Unpack it first$/],
    [
      'a workbook',
      Buffer.from('PK\x03\x04\x14\0\x06\0\x08\0[Content_Types].xml\xff\n', 'latin1'),
      /the file is an Excel workbook \(\.xlsx\). Save it as CSV in UTF-8/,
    ],
    ['zip', Buffer.from('PK\x03\x04\x14\0\0\0\x08\0things.csv\xff\n', 'latin1'), /the file is a zip archive. Unpack it first/],
    ['Parquet', Buffer.from('PAR1\x15\0\x15\xfe\n', 'latin1'), /the file is a Parquet file/],
    ['UTF-16', utf16(good), /the file is UTF-16 \(Excel calls it Unicode text\). Save it as UTF-8/],
    ['UTF-16, the other order', utf16(good).swap16(), /the file is UTF-16 \(/],
    ['UTF-16 without a mark', utf16(good, ''), /the file is UTF-16 without a byte order mark. Save it as UTF-8/],
    [
      'Latin-1',
      Buffer.from('Thing ID,Läbel,Made,Price\n', 'latin1'),
      /^the header line is not UTF-8 text: it may be Latin-1 or Windows-1252. Save the file as UTF-8, or let .* encoding: 'windows-1252' \}$/,
    ],
    ['NUL bytes', `${header}\0\n`, /^the header line is not UTF-8 text: there are NUL bytes in it/],
    [
      'other names, and Latin-1 in its rows',
      Buffer.from('a,b\nö,2\n', 'latin1'),
      /^columns 1, 2 of the header are not one of the feed's; the header lacks Thing ID/,
    ],
  ])('is explained: %s', (_what, file, problem) => {
    const outcome = refused(file);
    expect(outcome.problem).toMatch(problem);
    expect(outcome.problem).not.toMatch(/secretvalue|2025|Colour|Note|404/);
  });

  it('tells what was found apart: it may be a row', () => {
    expect(refused(`${row}\n`).found).toBe('found: "1", "secretvalue", "2025-01-31", "1.50"');
    expect(refused(`${'x'.repeat(1000)},${Array.from({ length: 3000 }, (_, i) => `c${i}`).join()}\n`).found).toMatch(
      /^found: "x{40}\.\.\.", "c0", .* and 2981 more$/,
    );
    expect(refused(gzipSync(good)).found).toBeUndefined();
  });
});
