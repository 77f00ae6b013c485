import { expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { fieldsOf, RowSplitter } from '../../../src/engine/extract/row-splitter.js';

const field = fc.oneof(
  fc.constantFrom('', '""', '"a,b"', '"line\nfeed"', '"a ""quoted"" one"', '"""\n"""', 'ß', '1.50'),
  fc.string({ unit: fc.constantFrom('a', 'b', '1', ' ') }),
);

test('rows come out as they were, wherever the pieces end', () => {
  fc.assert(
    fc.property(fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { maxLength: 12 }), fc.array(fc.nat(20)), (rows, cuts) => {
      const lines = rows.map((row) => `${row.join(',')}\n`);
      const bytes = Buffer.from(lines.join(''));
      const found: string[] = [];
      const splitter = new RowSplitter((piece, start, end) => found.push(piece.toString('utf8', start, end)));
      let at = 0;
      for (const cut of cuts) {
        splitter.push(bytes.subarray(at, at + cut));
        at += cut;
      }
      splitter.push(bytes.subarray(Math.min(at, bytes.length)));
      expect(found).toEqual(lines);
      expect(splitter.isAtEnd).toBe(true);
    }),
  );
});

test('fields are found by their places, and keys that look alike differ', () => {
  const of = (line: string, wanted: readonly number[]) => fieldsOf(Buffer.from(line), 0, Buffer.byteLength(line), wanted).toString();
  expect(of('1,"a,b",x\n', [1])).toBe('"a,b",');
  expect(of('1,"a,b",x\n', [2, 0])).toBe('x,1,');
  expect(of('1,,2\n', [0, 1])).not.toBe(of('1,"",2\n', [0, 1]));
});

test('half a row is no end', () => {
  const splitter = new RowSplitter(() => undefined);
  splitter.push(Buffer.from('1,"open\n'));
  expect(splitter.isAtEnd).toBe(false);
});

test('a row of very many pieces is put together once', () => {
  const concat = jest.spyOn(Buffer, 'concat');
  const found: number[] = [];
  const splitter = new RowSplitter((_bytes, start, end) => found.push(end - start));
  const piece = Buffer.alloc(1_000, 'x');
  for (let row = 0; row < 3; row += 1) {
    for (let count = 0; count < 2_000; count += 1) splitter.push(piece);
    splitter.push(Buffer.from('\n'));
  }
  const calls = concat.mock.calls.length;
  concat.mockRestore();
  expect([found, calls]).toEqual([[2_000_001, 2_000_001, 2_000_001], 3]);
});
