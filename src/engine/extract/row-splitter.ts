const quote = 0x22;
const lineFeed = 0x0a;

/** Takes a whole row: the bytes from `start` to `end`, the line feed among them. They are only there during the call. */
export type TakeRow = (bytes: Buffer, start: number, end: number) => void;

/** Divides PostgreSQL's CSV, which comes in pieces that end anywhere, into rows. A line feed in quotes ends no row. */
export class RowSplitter {
  /** Of a row whose end has not come; put together once, for a row may be as long as a thousand pieces. */
  private rest: Buffer[] = [];
  private quoted = false;

  constructor(private readonly take: TakeRow) {}

  push(piece: Buffer): void {
    let start = 0;
    // Most bytes are neither: the search for the next one is many times as fast as a look at each.
    let nextQuote = placeOf(piece, quote, 0);
    let nextFeed = placeOf(piece, lineFeed, 0);
    while (nextQuote < piece.length || (!this.quoted && nextFeed < piece.length)) {
      if (!this.quoted && nextFeed < nextQuote) {
        this.end(piece, start, nextFeed + 1);
        start = nextFeed + 1;
        nextFeed = placeOf(piece, lineFeed, start);
        continue;
      }
      this.quoted = !this.quoted;
      if (!this.quoted && nextFeed < nextQuote) nextFeed = placeOf(piece, lineFeed, nextQuote);
      nextQuote = placeOf(piece, quote, nextQuote + 1);
    }
    if (start < piece.length) this.rest.push(Buffer.from(piece.subarray(start)));
  }

  private end(piece: Buffer, start: number, end: number): void {
    if (this.rest.length === 0) return this.take(piece, start, end);
    const row = Buffer.concat([...this.rest, piece.subarray(start, end)]);
    this.rest = [];
    this.take(row, 0, row.length);
  }

  /** True when the last row was whole. */
  get isAtEnd(): boolean {
    return this.rest.length === 0;
  }
}

/** Of the next such byte; the length where there is none. */
function placeOf(bytes: Buffer, byte: number, from: number): number {
  const at = bytes.indexOf(byte, from);
  return at < 0 ? bytes.length : at;
}

const comma = 0x2c;

/** Where a field ends: the place of its comma, or of the row's line feed. */
export function fieldEnd(bytes: Buffer, start: number, end: number): number {
  let quoted = false;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at];
    if (byte === quote) quoted = !quoted;
    else if (!quoted && (byte === comma || byte === lineFeed)) return at;
  }
  return end;
}

/** The bytes of some fields of a row as they stand there, quotes too, each with its comma: two rows have equal ones only where the fields are equal. */
export function fieldsOf(bytes: Buffer, start: number, end: number, wanted: readonly number[]): Buffer {
  const last = Math.max(...wanted);
  const found: Buffer[] = [];
  for (let field = 0, at = start; field <= last && at < end; field += 1) {
    const close = fieldEnd(bytes, at, end);
    found.push(bytes.subarray(at, close));
    at = close + 1;
  }
  return Buffer.concat(wanted.flatMap((field) => [found[field] ?? Buffer.alloc(0), Buffer.from(',')]));
}
