const quote = 0x22;
const lineFeed = 0x0a;

/** Takes a whole row: the bytes from `start` to `end`, the line feed among them. They are only there during the call. */
export type TakeRow = (bytes: Buffer, start: number, end: number) => void;

/** Divides PostgreSQL's CSV, which comes in pieces that end anywhere, into rows. A line feed in quotes ends no row. */
export class RowSplitter {
  private rest: Buffer = Buffer.alloc(0);
  /** How far the rest has been looked at, and whether that place is in quotes. */
  private seen = 0;
  private quoted = false;

  constructor(private readonly take: TakeRow) {}

  push(piece: Buffer): void {
    const bytes = this.rest.length === 0 ? piece : Buffer.concat([this.rest, piece]);
    let start = 0;
    let { quoted } = this;
    const { length } = bytes;
    for (let at = this.seen; at < length; at += 1) {
      const byte = bytes[at];
      if (byte === quote) quoted = !quoted;
      else if (byte === lineFeed && !quoted) {
        this.take(bytes, start, at + 1);
        start = at + 1;
      }
    }
    this.quoted = quoted;
    this.rest = start === length ? Buffer.alloc(0) : Buffer.from(bytes.subarray(start));
    this.seen = this.rest.length;
  }

  /** True when the last row was whole. */
  get isAtEnd(): boolean {
    return this.rest.length === 0;
  }
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
