import { writeField } from '../read/staging-format.js';
import type { AppendKind } from './append-columns.js';
import type { ByteDictionary } from './byte-dictionary.js';
import type { RowPlaces } from './row-places.js';
import type { RunRows } from './run-rows.js';

const bufferBytes = 256 << 10;
/** Of a number with its sign and the comma after it. */
const mostNumberBytes = 12;
const comma = 0x2c;
const lineFeed = 0x0a;
const minus = 0x2d;
const zero = 0x30;
/** The two digits of each number below 100. */
const pairs = Uint8Array.from({ length: 200 }, (_, index) => zero + (index % 2 === 0 ? Math.floor(index / 20) : (index >> 1) % 10));

export interface WrittenColumn {
  readonly kind: AppendKind;
  /** Its first word in a row. */
  readonly word: number;
  readonly dictionary?: ByteDictionary;
}

/** Writes rows in that order as `load data` takes them: the cell and its part, if rows are stored by them, the row's number in the run, then its values. */
export function* writeRun(
  rows: RunRows,
  order: Uint32Array,
  places: RowPlaces | undefined,
  columns: readonly WrittenColumn[],
): Generator<Buffer, void, undefined> {
  const fixedBytes = (rows.words + 5) * mostNumberBytes;
  let out = Buffer.allocUnsafe(bufferBytes);
  let at = 0;
  // Rows of a cell follow one another: its digits are written once and copied.
  const cellText = Buffer.allocUnsafe(mostNumberBytes);
  let cell = -1;
  let cellBytes = 0;
  for (let n = 0; n < order.length; n++) {
    const row = order[n]!;
    const segment = rows.segmentAt(row);
    const place = rows.placeOf(row);
    const needed = fixedBytes + textBytes(segment, place, columns);
    if (at + needed > out.length) {
      if (at > 0) yield out.subarray(0, at);
      out = Buffer.allocUnsafe(Math.max(bufferBytes, needed));
      at = 0;
    }
    if (places) {
      if (places.cells[row] !== cell) cellBytes = writeNumber(cellText, 0, (cell = places.cells[row]!));
      for (let i = 0; i < cellBytes; i++) out[at + i] = cellText[i]!;
      at = writeNumber(out, at + cellBytes, places.parts[row]!);
    }
    at = writeNumber(out, at, n);
    for (const { kind, word, dictionary } of columns) {
      const first = segment[place + word]!;
      if (kind === 'dictionary') at = writeNumber(out, at, dictionary!.idOf(first));
      else {
        const second = segment[place + word + 1]!;
        if (kind === 'point') at = writeNumber(out, writeNumber(out, at, first), second);
        else if (kind === 'timestamp') at = writeTime(out, at, first, second);
        else {
          at = writeField(out, at, rows.text, first, first + second);
          out[at++] = comma;
        }
      }
    }
    out[at - 1] = lineFeed;
  }
  if (at > 0) yield out.subarray(0, at);
}

/** What texts of a row take at most: each byte may need another one before it. */
function textBytes(segment: Int32Array, place: number, columns: readonly WrittenColumn[]): number {
  let bytes = 0;
  for (const { kind, word } of columns) if (kind === 'text') bytes += 2 * segment[place + word + 1]!;
  return bytes;
}

/** Writes an integer of 32 bits and a comma; returns the index after it. */
function writeNumber(out: Buffer, at: number, value: number): number {
  let rest = value;
  let from = at;
  if (rest < 0) {
    out[from++] = minus;
    rest = -rest;
  }
  return writeDigits(out, from, rest, digitsOf(rest));
}

/** The day and the time as the fourteen digits that the server takes for a datetime. */
function writeTime(out: Buffer, at: number, day: number, time: number): number {
  return writeDigits(out, writeDigits(out, at, day, 8) - 1, time, 6);
}

function digitsOf(value: number): number {
  if (value < 10_000) return value < 100 ? (value < 10 ? 1 : 2) : value < 1_000 ? 3 : 4;
  if (value < 100_000_000) return value < 1_000_000 ? (value < 100_000 ? 5 : 6) : value < 10_000_000 ? 7 : 8;
  return value < 1_000_000_000 ? 9 : 10;
}

/** Writes that many digits and a comma. */
function writeDigits(out: Buffer, at: number, value: number, digits: number): number {
  let rest = value;
  let i = at + digits;
  for (; i > at + 1;) {
    const hundredth = (rest / 100) | 0;
    const pair = (rest - hundredth * 100) << 1;
    out[--i] = pairs[pair + 1]!;
    out[--i] = pairs[pair]!;
    rest = hundredth;
  }
  if (i > at) out[at] = zero + rest;
  out[at + digits] = comma;
  return at + digits + 1;
}
