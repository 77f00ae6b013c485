import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { FeedDefinition } from '../../../../src/engine/definition/types.js';
import { compileContract } from '../../../../src/engine/read/contract.js';
import { decode } from '../../../../src/engine/read/decode/decode.js';
import type { FormatDefinition } from '../../../../src/engine/read/format.js';
import { scanAll, type ScanResult } from '../csv/scan-driver.js';

const text = (name: string, header: string) =>
  ({ name, header, type: { kind: 'text', maxLength: 2_000_000, empty: '' }, nullable: true, reason: 'too_long' }) as const;
const feedOf = (format: Partial<FormatDefinition> = {}): FeedDefinition => ({
  name: 'events',
  match: '^events\\.json$',
  format: { kind: 'json', extraColumns: 'ignore', ...format } as FormatDefinition,
  reasons: ['bad_id', 'bad_rate', 'too_long'],
  columns: [{ name: 'id', header: 'id', type: { kind: 'integer', min: '1', max: '1000' }, reason: 'bad_id' }, text('name', 'name')],
});
const rates: FeedDefinition = {
  ...feedOf({ entries: 'rates' }),
  columns: [
    { name: 'day', header: 'date', type: { kind: 'date', format: 'yyyy-mm-dd', form: 'strict' }, reason: 'bad_id' },
    { name: 'code', header: '@name', type: { kind: 'code', length: 3 }, reason: 'too_long' },
    { name: 'rate', header: '@value', type: { kind: 'decimal', precision: 18, scale: 8 }, reason: 'bad_rate' },
  ],
};

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

/** As landing reads a file: decoded, then scanned; `limit`: bytes of text in a chunk. */
async function read(feed: FeedDefinition, file: string | Buffer, { size = 1_000, limit = Infinity } = {}): Promise<ScanResult> {
  const contract = compileContract(feed);
  const lines: Buffer[] = [];
  for await (const piece of decode(inPieces(Buffer.from(file), size), contract.coding)) lines.push(Buffer.from(piece));
  return scanAll(contract, lines, { limit: { bytes: limit, rejectBytes: Infinity } });
}
const rowsOf = ({ rows }: ScanResult) => rows.map(({ line, fields }) => [line, ...fields]);
const rejectsOf = ({ rejects }: ScanResult) => rejects.map(({ line, reasons }) => [line, reasons]);
const problemOf = (feed: FeedDefinition, file: string | Buffer) =>
  read(feed, file).then(
    () => 'it was read',
    (error: Error) => error.message,
  );

describe('a file of one array', () => {
  it('has an object a row, each with the line on which it begins', async () => {
    const file =
      '\ufeff [\n  {"id": 1,\n   "name": "a,]}[{"}\n ,{"id":2,"name":"x\\"y\\\\"},{"id":3, "more": {"a": [1, {}]}}\r\n\r\n, {\n"id":4}\n]\n\n';
    const found = await read(feedOf(), file);
    expect(rowsOf(found)).toEqual([
      [2, '1', 'a,]}[{'],
      [4, '2', 'x"y\\'],
      [4, '3', ''],
      [6, '4', ''],
    ]);
    expect(found.rejects).toEqual([]);
  });

  it.each(['[]', ' [ \n ] \n', '\ufeff[]'])('may be empty: %j', async (file) => {
    const found = await read(feedOf(), file);
    expect(found.rows).toEqual([]);
    expect(found.rejects).toEqual([]);
  });

  it('sends an element that is not right to quarantine alone, as it stands there on one line', async () => {
    const found = await read(feedOf(), '[{"id":1},\n7,\n"x, y]",\nnull,\n{"id":\n0},\n{"id":2]\n,{"id":"a\nb"},[{"id":3}],{"id":4}]');
    expect(rowsOf(found)).toEqual([
      [1, '1', ''],
      [9, '4', ''],
    ]);
    expect(rejectsOf(found)).toEqual([
      [2, 'bad_line'],
      [3, 'bad_line'],
      [4, 'bad_line'],
      [5, 'bad_id'],
      [7, 'bad_line'],
      [8, 'bad_line'],
      [9, 'bad_line'],
    ]);
    expect(found.rejects[3]!.raw).toBe('{"id":\r0}');
  });

  it('keeps a row of more than 1 MiB out, and counts its lines', async () => {
    const long = `{"id":1,\n"name":"${'x'.repeat(1 << 20)}",\n"more":1}`;
    const found = await read(feedOf(), `[\n${long},\n{"id":2}]`, { size: 70_001 });
    expect(rejectsOf(found)).toEqual([[2, 'row_too_long']]);
    expect(rowsOf(found)).toEqual([[5, '2', '']]);
  });

  it.each([
    ['', 'the file is empty'],
    [' \n ', 'the file is empty'],
    ['[{"id":1},\n{"id":2}', 'the file ends in line 2, before its array does'],
    ['[{"id":1},\n{"id":2},\n', 'the file ends in line 3'],
    ['[{"id":1},{"na', 'the file ends in line 1'],
    ['[\n{"id":1},\n]', 'line 3: an element is missing before the end of the array'],
    ['[,{"id":1}]', 'line 1: an element is missing before a comma'],
    ['[{"id":1}\n{"id":2}]', 'line 2: a comma is missing between two elements'],
    ['[{"id":1}]\n[{"id":2}]', 'line 2: something stands after the end of the array'],
    ['id,name\n1,x\n', 'line 1 begins neither an array of objects, [, nor an object, {'],
    ['\n"[]"', 'line 2 begins neither'],
  ])('is refused where it is none: %j', async (file, problem) => {
    expect(await problemOf(feedOf(), file)).toContain(problem);
  });

  it('gives what JSON.parse gives, whatever the cuts, the white space and the chunks', async () => {
    const blank = fc.stringMatching(/^[ \t\n\r]{0,3}$/);
    // U+0000 fits no column.
    const name = fc.string({ unit: 'binary', maxLength: 12 }).map((text) => text.replaceAll('\0', ''));
    const record = fc.record({ id: fc.integer({ min: 1, max: 1_000 }), name });
    const element = fc.tuple(record, fc.constantFrom(0, 1, '\t'), blank, blank);
    await fc.assert(
      fc.asyncProperty(
        fc.array(element, { maxLength: 8 }),
        blank,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 60 }),
        async (elements, first, size, limit) => {
          let file = `${first}[`;
          const expected = elements.map(([row, indent, before, after], index) => {
            file += (index > 0 ? ',' : '') + before;
            const line = file.split('\n').length;
            file += JSON.stringify(row, undefined, indent) + after;
            return [line, String(row.id), row.name];
          });
          const found = await read(feedOf(), `${file}]${first}`, { size, limit });
          expect(found.rejects).toEqual([]);
          expect(rowsOf(found)).toEqual(expected);
        },
      ),
    );
  });

  it('goes on at any row as a scan that came there', async () => {
    const contract = compileContract(feedOf());
    const file = Buffer.from('[\n{"id":1},\n\n{"id":2,\n"name":"b"},{"id":3}\n,{"id":4}\n]');
    const whole: Buffer[] = [];
    for await (const piece of decode(inPieces(file, 5), contract.coding)) whole.push(Buffer.from(piece));
    const { boundaries, rows } = await scanAll(contract, whole, { limit: { bytes: 1, rejectBytes: Infinity } });
    expect(boundaries.length).toBeGreaterThan(4);
    for (const start of boundaries) {
      const rest: Buffer[] = [];
      for await (const piece of decode(inPieces(file, 7), contract.coding, start.offset)) rest.push(Buffer.from(piece));
      const found = await scanAll(contract, rest, { start: { ...start, columnOrder: [0, 1] } });
      expect(found.rows).toEqual(rows.filter(({ offset }) => offset >= start.offset));
    }
  });
});

describe('a file of an object on each line', () => {
  it('is told from an array by its first character', async () => {
    const found = await read(feedOf(), '\n{"id":1}\r\n\n {"id":2,"name":"a"} \n{"id":"\n{"id":4}');
    expect(rowsOf(found)).toEqual([
      [2, '1', ''],
      [4, '2', 'a'],
      [6, '4', ''],
    ]);
    expect(rejectsOf(found)).toEqual([[5, 'bad_line']]);
  });
});

describe('a file of one object whose members are rows', () => {
  it('has a row of each, with what stands around, and numbers without an exponent', async () => {
    const file =
      '{"base":"GBP","date":"2026-03-01",\n"rates":{"EUR":1.17,\n"JPY": 1.9e2,"BTC":1.5E-7,\n "XXX":"n/a", "YYY":null,"ZZZ":{"a":\n1}}}\n';
    const found = await read(rates, file, { size: 3 });
    expect(rowsOf(found)).toEqual([
      [2, '2026-03-01', 'EUR', '1.17'],
      [3, '2026-03-01', 'JPY', '190'],
      [3, '2026-03-01', 'BTC', '0.00000015'],
    ]);
    expect(found.rejects.map(({ line, reasons, raw }) => [line, reasons, raw])).toEqual([
      [4, 'bad_rate', '{"@name":"XXX","@value":"n/a","date":"2026-03-01"}'],
      [4, 'bad_rate', '{"@name":"YYY","@value":null,"date":"2026-03-01"}'],
      [4, 'bad_rate', '{"@name":"ZZZ","@value":{"a": 1},"date":"2026-03-01"}'],
    ]);
  });

  it('shows other members to a feed that refuses what it does not have', async () => {
    const strict = { ...rates, format: { kind: 'json', entries: 'rates' } } as FeedDefinition;
    const found = await read(strict, '{"rates":{"EUR":1},"date":"2026-03-01","base":"GBP"}');
    expect(rejectsOf(found)).toEqual([[1, 'unknown_property']]);
    expect(rowsOf(await read(strict, '{"rates":{"EUR":1},"date":"2026-03-01"}'))).toHaveLength(1);
  });

  it.each([
    ['', 'the file is empty'],
    ['{"date":"2026-03-01","rates":{"EUR":1.', 'the document is no JSON, or its end is missing'],
    ['<html></html>', 'the document is no JSON'],
    ['[1]', 'the document is not an object'],
    ['{"date":"2026-03-01"}', 'the document has no member rates'],
    ['{"rates":[1]}', 'the member rates of the document is not an object'],
    ['{"rates":{},"rates":{}}', 'the document has two members rates'],
    [Buffer.from('{"rates":{"\xff":1}}', 'latin1'), 'the document is not text in UTF-8'],
  ])('is refused where it is none: %j', async (file, problem) => {
    expect(await problemOf(rates, file)).toContain(problem);
  });

  it('is not read where it is larger than memory should hold', async () => {
    expect(await problemOf(rates, Buffer.alloc((16 << 20) + 1, ' '))).toContain('the file is larger than 16 MiB');
  });
});
