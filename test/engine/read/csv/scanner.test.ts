import { describe, expect, it } from '@jest/globals';
import { eastrock } from '../../../../src/pipelines/eastrock.js';
import { compileContract } from '../../../../src/engine/read/contract.js';
import { decodeLines, pieces, scanAll, scannerOf, type ScanResult } from './scan-driver.js';

const feeds = new Map(eastrock.feeds.map((feed) => [feed.name, feed]));
const headers = {
  games: 'GameID,UserID,GameType,PlayDate,Duration',
  users: 'UserID,UserName,SignUpDate,Country',
  payments: 'TransactionID,UserID,Amount,TransactionDate,Type',
} as const;
type Feed = keyof typeof headers;

async function scan(feed: Feed, body: string | Buffer): Promise<ScanResult> {
  return scanAll(feeds.get(feed)!, [Buffer.concat([Buffer.from(`${headers[feed]}\n`), Buffer.from(body)])]);
}

/** Line and reasons of each reject; every other row must be good. */
async function rejects(feed: Feed, body: string | Buffer): Promise<string[]> {
  return (await scan(feed, body)).rejects.map(({ line, reasons }) => `${line} ${reasons}`);
}

async function fields(feed: Feed, body: string | Buffer): Promise<(readonly (string | null)[])[]> {
  const result = await scan(feed, body);
  expect(result.rejects).toEqual([]);
  return result.rows.map((row) => row.fields);
}

const good = '1,2,Slots,3/4/2023,5';

describe('lines and quotes', () => {
  it('takes LF and CRLF as line ends, with or without the last one', async () => {
    const expected = [
      ['1', '2', 'Slots', '3/4/2023', '5'],
      ['1', '2', 'Slots', '3/4/2023', '5'],
    ];
    for (const body of [`${good}\n${good}\n`, `${good}\r\n${good}\r\n`, `${good}\r\n${good}`])
      expect(await fields('games', body)).toEqual(expected);
  });

  it('takes a lone CR as data', async () => {
    expect(await fields('games', '1,2,a\rb,3/4/2023,5\n')).toEqual([['1', '2', 'a\rb', '3/4/2023', '5']]);
    expect(await fields('games', `${good}\r`)).toEqual([['1', '2', 'Slots', '3/4/2023', '5\r']]);
    expect(await fields('games', `${good}\r\r\n`)).toEqual([['1', '2', 'Slots', '3/4/2023', '5\r']]);
    expect(await rejects('games', '\r')).toEqual(['2 wrong_column_count']);
  });

  it('skips lines that are empty or have only spaces and tabs, and counts them', async () => {
    const { rows, rejects } = await scan('games', `\n \t \r\n${good}\n\r\n\t\n${good}\n  `);
    expect(rows.map((row) => row.line)).toEqual([4, 7]);
    expect(rejects).toEqual([]);
  });

  it('reads commas, doubled quotes and line breaks in quotes, and counts the lines in them', async () => {
    const { rows } = await scan('games', `"1",2,"a,""b""\n\\c\r\n",3/4/2023,5\n${good}`);
    expect(rows).toEqual([
      { offset: 41, line: 2, padded: true, fields: ['1', '2', 'a,"b"\n\\c\r\n', '3/4/2023', '5'] },
      { offset: 73, line: 5, padded: false, fields: ['1', '2', 'Slots', '3/4/2023', '5'] },
    ]);
  });

  it('marks rows with white space to trim, in quotes too, and leaves it there', async () => {
    const { rows } = await scan('users', '1, a b ,1/1/2020,DE\n1,"a\n",1/1/2020,DE\n1,a b,1/1/2020,DE\n1,,1/1/2020, \n1,\v,1/1/2020,DE\n');
    expect(rows.map((row) => row.padded)).toEqual([true, true, false, true, false]);
    expect(rows[0]?.fields).toEqual(['1', ' a b ', '1/1/2020', 'DE']);
  });

  it('keeps backslashes, NULL words and non-breaking spaces as text', async () => {
    expect(await fields('games', '1,2,\\N,3/4/2023,5\n1,2,NULL,3/4/2023,5\n1,2,\\,3/4/2023,5\n1,2,\u{a0}x,3/4/2023,5\n')).toEqual(
      ['\\N', 'NULL', '\\', '\u{a0}x'].map((type) => ['1', '2', type, '3/4/2023', '5']),
    );
  });
});

describe('bad_quote', () => {
  it('is a quote inside an unquoted field, a space before it included', async () => {
    expect(await rejects('games', `1,2,a"b",3/4/2023,5\n${good}\n1, "2",x,3/4/2023,5\n${good}\n`)).toEqual(['2 bad_quote', '4 bad_quote']);
  });

  it('is text after a closing quote, a space or a lone CR included', async () => {
    expect(await rejects('games', `1,2,"a"b,3/4/2023,5\n1,2,"a" ,3/4/2023,5\n${good}\n1,2,x,3/4/2023,"5"\r`)).toEqual([
      '2 bad_quote',
      '3 bad_quote',
      '5 bad_quote',
    ]);
  });

  it('is a quote still open at the end of the file: one physical line, and the next ones are read', async () => {
    const { rows, rejects } = await scan('games', `1,2,"open,3/4/2023,5\r\n${good}\n1,2\n${good}`);
    expect(rows.map((row) => row.line)).toEqual([3, 5]);
    expect(rejects).toEqual([
      { line: 2, offset: 41, bytes: 20, reasons: 'bad_quote', raw: '1,2,"open,3/4/2023,5' },
      { line: 4, offset: 84, bytes: 3, reasons: 'wrong_column_count', raw: '1,2' },
    ]);
  });

  it('is a quote still open 1 MiB after the start of the row', async () => {
    const lines = `${good}\n`.repeat(60_000);
    const { rows, rejects } = await scan('games', `1,2,"open,3/4/2023,5\n${lines}1,2,",3/4/2023,5\n`);
    expect(rows).toHaveLength(60_000);
    expect(rejects.map(({ line, reasons }) => `${line} ${reasons}`)).toEqual(['2 bad_quote', '60003 bad_quote']);
  });

  it('takes only the first physical line when a later one of the row breaks it', async () => {
    expect(await rejects('games', `1,2,"a\n${good}\n1,2,"b",3/4/2023,5\n`)).toEqual(['2 bad_quote']);
  });
});

describe('row_too_long', () => {
  it('keeps the first 64 KiB, the whole length and the place, and the rows around it', async () => {
    const long = `1,2,${'x'.repeat(1 << 20)},3/4/2023,5`;
    const { rows, rejects } = await scan('games', `${good}\n${long}\r\n${good}\n`);
    expect(rows.map((row) => row.line)).toEqual([2, 4]);
    expect(rejects).toEqual([{ line: 3, offset: 62, bytes: long.length, reasons: 'row_too_long', raw: long.slice(0, 65536) }]);
  });

  it('is over 1 MiB: exactly that is a row', async () => {
    const row = (length: number): string => `1,2,"${'x'.repeat(length - 17)}",3/4/2023,5`.slice(0, length);
    const text = (length: number): string => `1,2,${'x'.repeat(length - 15)},3/4/2023,5`;
    for (const end of ['', '\n', '\r\n']) {
      expect(await rejects('games', text(1 << 20) + end)).toEqual(['2 too_long']);
      expect(await rejects('games', text((1 << 20) + 1) + end)).toEqual(['2 row_too_long']);
      expect(await rejects('games', row(1 << 20) + end)).toEqual(['2 too_long']);
      expect(await rejects('games', row((1 << 20) + 1) + end)).toEqual(['2 row_too_long']);
    }
  });

  it('goes before bad_quote when the physical line itself is too long', async () => {
    expect(await rejects('games', `1,"${'x'.repeat(1 << 20)}",\n${good}\n1"${'x'.repeat(1 << 20)}\n${good}`)).toEqual([
      '2 row_too_long',
      '4 row_too_long',
    ]);
  });

  it('is not said of blank lines', async () => {
    expect(await rejects('games', `${' '.repeat(3 << 20)}\r\n${good}\n${'\t'.repeat(2 << 20)}`)).toEqual([]);
    expect(await rejects('games', `${' '.repeat(3 << 20)}\r \n${good}\n`)).toEqual(['2 row_too_long']);
  });

  it('does not depend on where the line break of a long line is cut', async () => {
    const afterCut = async (text: string, after: string): Promise<string[]> => {
      const bytes = Buffer.from(`${headers.games}\n${text}`);
      const result = await scanAll(feeds.get('games')!, [...pieces(bytes, [100_000]), Buffer.from(after)]);
      return result.rejects.map(({ bytes, reasons }) => `${bytes} ${reasons}`);
    };
    const mib = 1 << 20;
    expect(await afterCut(`${' '.repeat(2 * mib)}\r`, `\n${good}`)).toEqual([]);
    expect(await afterCut(`${' '.repeat(2 * mib)}\r`, ` \n${good}`)).toEqual([`${2 * mib + 2} row_too_long`]);
    expect(await afterCut(`${' '.repeat(2 * mib)}\r`, '')).toEqual([`${2 * mib + 1} row_too_long`]);
    expect(await afterCut(`${'x'.repeat(2 * mib)}\r`, '\n')).toEqual([`${2 * mib} row_too_long`]);
    expect(await afterCut(`${'x'.repeat(mib)}\r`, '\n')).toEqual([`${mib} wrong_column_count`]);
    expect(await afterCut(`${'x'.repeat(mib)}\r`, 'x\n')).toEqual([`${mib + 2} row_too_long`]);
  });
});

describe('bad_encoding and wrong_column_count', () => {
  it('rejects invalid UTF-8 and U+0000, quoted or not, and only these rows', async () => {
    const lines = [
      '1,2,\xff,3/4/2023,5',
      '1,2,\xc3\xa9,3/4/2023,5',
      '1,2,"\xed\xa0\x80",3/4/2023,5',
      '1,2,\0,3/4/2023,5',
      '1,2,"\0",3/4/2023,5',
      '1,\xc3',
    ];
    const { rows, rejects } = await scan('games', Buffer.from(lines.join('\n'), 'latin1'));
    expect(rows.map((row) => [row.line, row.fields[2]])).toEqual([[3, 'é']]);
    expect(rejects.map(({ line, reasons }) => `${line} ${reasons}`)).toEqual([2, 4, 5, 6, 7].map((line) => `${line} bad_encoding`));
  });

  it('finds every bad byte of a long file that is otherwise good UTF-8', async () => {
    const row = (i: number): string => (i > 10_000 && i % 97 === 0 ? '1,2,\xe9x,3/4/2023,5\n' : '1,2,\xc3\xa9,3/4/2023,5\n');
    const rows = Array.from({ length: 45_000 }, (_, i) => row(i));
    const bad = rows.flatMap((text, i) => (text.includes('\xe9x') ? [i + 2] : []));
    const bytes = Buffer.from(`${headers.games}\n${rows.join('')}`, 'latin1');
    for (const size of [65536, 1 << 22]) {
      const result = await scanAll(feeds.get('games')!, pieces(bytes, [size]));
      expect(result.rejects.map(({ line }) => line)).toEqual(bad);
    }
  });

  it('rejects too few and too many columns, a trailing comma among them', async () => {
    expect(await rejects('games', `1,2,x,3/4/2023\n${good},\n${good},6\n${',x'.repeat(5000)}\n""\n,\n`)).toEqual(
      [2, 3, 4, 5, 6, 7].map((line) => `${line} wrong_column_count`),
    );
  });

  it('reports the reasons about whole rows alone', async () => {
    expect(await rejects('games', Buffer.from('0,\xff,x"\n0,\xff\n0,0\n', 'latin1'))).toEqual([
      '2 bad_quote',
      '3 bad_encoding',
      '4 wrong_column_count',
    ]);
  });
});

describe('reasons of columns', () => {
  it('reports all of a row, each once, in the order of the feed', async () => {
    expect(await rejects('games', `,,${'x'.repeat(101)},,\n0,0,x,x,x\n`)).toEqual([
      '2 missing_key,bad_key,bad_date,bad_duration,too_long',
      '3 bad_key,bad_date,bad_duration',
    ]);
    expect(await rejects('payments', ',,,,\n1,2,1.234,1/1/2020,Bonus\n')).toEqual([
      '2 missing_key,bad_key,bad_date,bad_amount,bad_type',
      '3 bad_amount,bad_type',
    ]);
    expect(await rejects('users', `,,,\n`)).toEqual(['2 bad_key,bad_date']);
  });

  it('takes a header in the middle as a bad row', async () => {
    expect(await rejects('games', `${headers.games}\n${good}\n`)).toEqual(['2 bad_key,bad_date,bad_duration']);
  });

  it('keeps the raw text of a rejected row as it is in the file, quotes and all', async () => {
    const { rejects } = await scan('games', '0,"2","a ""b""\n",3/4/2023,5\r\n');
    expect(rejects).toEqual([{ line: 2, offset: 41, bytes: 27, reasons: 'bad_key', raw: '0,"2","a ""b""\n",3/4/2023,5' }]);
  });
});

describe('chunks', () => {
  it('stops at the first row end at which a limit is reached and takes no more until there is a new one', () => {
    const seen: string[] = [];
    const contract = compileContract(feeds.get('games')!);
    const sink = { onRows: (lines: Buffer): void => void seen.push(lines.toString()), onReject: (): void => void seen.push('reject') };
    const scanner = scannerOf({ contract, columnOrder: [0, 1, 2, 3, 4], startOffset: 1000, startLine: 50, sink });
    const bytes = Buffer.from(`${good}\n${good}\nx\nx\n${good}`);
    scanner.limit({ bytes: 21, rejectBytes: 1 });
    expect(scanner.push(bytes)).toBe(bytes.length);
    scanner.flush();
    expect([scanner.offset, scanner.line, scanner.limited, scanner.push(bytes)]).toEqual([1021, 51, true, 0]);
    scanner.limit({ bytes: 100, rejectBytes: 1 });
    scanner.end();
    scanner.flush();
    expect([scanner.offset, scanner.line, scanner.done]).toEqual([1044, 53, false]);
    scanner.limit({ bytes: 100, rejectBytes: 1000 });
    scanner.end();
    scanner.flush();
    expect([scanner.offset, scanner.line, scanner.done]).toEqual([1066, 54, true]);
    expect(seen).toEqual([`1000,50,0,${good}\n`, 'reject', `1021,51,0,${good}\n`, 'reject', `1046,54,0,${good}\n`]);
  });

  it('holds little of a large buffer however often a limit stops it', () => {
    const sink = { onRows: (): void => {}, onReject: (): void => {} };
    const contract = compileContract(feeds.get('games')!);
    const scanner = scannerOf({ contract, columnOrder: [0, 1, 2, 3, 4], startOffset: 0, startLine: 1, sink });
    const bytes = Buffer.alloc(good.length * 1_000_000 + 1_000_000, `${good}\n`);
    let taken = 0;
    for (let i = 0; i < 1000; i++) {
      scanner.limit({ bytes: 1, rejectBytes: 1 });
      taken += scanner.push(bytes, taken);
      expect(scanner.line).toBe(i + 2);
    }
    expect(taken).toBeLessThan(600_000);
  });

  it('writes offsets and lines of any size', () => {
    const lines: Buffer[] = [];
    const sink = { onRows: (buffer: Buffer): void => void lines.push(buffer), onReject: (): void => {} };
    const contract = compileContract(feeds.get('games')!);
    for (const start of [0, 9, 10, 999_999_999, 1_000_000_000, 1_000_000_007, 12_000_000_034, 2 ** 53 - 2]) {
      const scanner = scannerOf({ contract, columnOrder: [0, 1, 2, 3, 4], startOffset: start, startLine: start + 1, sink });
      scanner.push(Buffer.from(good));
      scanner.end();
      scanner.flush();
      expect(decodeLines(lines.pop()!)).toMatchObject([{ offset: start, line: start + 1 }]);
    }
  });

  it('needs an order that names each column once', () => {
    const contract = compileContract(feeds.get('games')!);
    const sink = { onRows: (): void => {}, onReject: (): void => {} };
    for (const columnOrder of [
      [0, 1, 2, 3],
      [0, 1, 2, 3, 3],
      [0, 1, 2, 3, 5],
    ]) {
      expect(() => scannerOf({ contract, columnOrder, startOffset: 0, startLine: 1, sink })).toThrow(RangeError);
    }
  });
});
