/**
 * How rows go to the database: `load data local infile ... into table t <stagingFormat> (columns)`. There is no
 * ENCLOSED BY, so no quote and no NULL word in a file means anything to the server, and what is escaped below is all
 * that does; `\N` alone is NULL. Needs a session without NO_BACKSLASH_ESCAPES.
 */
export const stagingFormat = "character set utf8mb4 fields terminated by ',' escaped by '\\\\' lines terminated by '\\n'";

/**
 * The columns before the file's own: byte offset of the row in the object, physical line on which it begins (first: 1),
 * and 1 when a field of the row has white space around it that trimming removes, else 0.
 */
export const leadingColumns = ['row_offset', 'line_number', 'padded'] as const;

/** Room that a row needs beside its fields at most: leading columns with their commas, line feed, what `writeClean` overruns. */
export const maxOverheadBytes = 2 * 17 + 2 + 1 + 3;

const lineFeed = 0x0a;
const comma = 0x2c;
const zero = 0x30;
const backslash = 0x5c;
const letterN = 0x6e;
const capitalN = 0x4e;

/** Writes an integer from 0 to 2^53 in decimal; returns the index after it. */
function writeInteger(out: Buffer, at: number, value: number): number {
  if (value >= 1e9) {
    const high = Math.floor(value / 1e9);
    const next = writeInteger(out, at, high);
    return writeDigits(out, next, value - high * 1e9, 9);
  }
  let digits = 1;
  for (let bound = 10; value >= bound; bound *= 10) digits++;
  return writeDigits(out, at, value, digits);
}

function writeDigits(out: Buffer, at: number, value: number, digits: number): number {
  let rest = value | 0;
  for (let i = at + digits - 1; i >= at; i--) {
    const tenth = (rest / 10) | 0;
    out[i] = zero + rest - tenth * 10;
    rest = tenth;
  }
  return at + digits;
}

/** Writes the leading columns, a comma after each. */
export function writeLeading(out: Buffer, at: number, rowOffset: number, lineNumber: number, padded: boolean): number {
  let next = writeInteger(out, at, rowOffset);
  out[next++] = comma;
  next = writeInteger(out, next, lineNumber);
  out[next++] = comma;
  out[next++] = padded ? zero + 1 : zero;
  out[next++] = comma;
  return next;
}

/**
 * Copies a row without quotes and backslashes, which is its own encoding, and ends it. Rows are short: four bytes at a time
 * through views take 16 ns for 36 bytes, bytes one by one 80, a call into the runtime 120. Up to 3 bytes after `end` are
 * read, and up to 3 after the row's line feed written.
 */
export function writeClean(out: DataView, at: number, bytes: DataView, start: number, end: number): number {
  let to = at;
  for (let from = start; from < end; from += 4, to += 4) out.setInt32(to, bytes.getInt32(from));
  const next = at + end - start;
  out.setUint8(next, lineFeed);
  return next + 1;
}

/** Writes one field, escaped: at most twice its length. NUL, which would need an escape too, can't occur. */
export function writeField(out: Buffer, at: number, bytes: Buffer, start: number, end: number): number {
  let next = at;
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    if (byte === backslash || byte === comma) {
      out[next++] = backslash;
      out[next++] = byte;
    } else if (byte === lineFeed) {
      out[next++] = backslash;
      out[next++] = letterN;
    } else {
      out[next++] = byte;
    }
  }
  return next;
}

/** Writes SQL's NULL. */
export function writeNull(out: Buffer, at: number): number {
  out[at] = backslash;
  out[at + 1] = capitalN;
  return at + 2;
}

/** Ends a field that another one follows, or the row. */
export function writeFieldEnd(out: Buffer, at: number, last: boolean): number {
  out[at] = last ? lineFeed : comma;
  return at + 1;
}
