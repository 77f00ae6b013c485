const fiveMinutes = 5 * 60_000;

/** The greatest mark of the rows of a table, as the source writes it: `2026-03-01 09:00:00.123456`. */
export class GreatestMark {
  /** Rows whose mark is more than five minutes after the snapshot. */
  future = 0;
  private readonly snapshot: Buffer;
  private readonly tooLate: Buffer;
  private greatest = Buffer.alloc(64);
  private length: number;

  /** `at`: when the snapshot was taken, by the source's clock; ISO 8601, UTC. `before`: the greatest one so far. */
  constructor(at: string, before: string | null) {
    this.snapshot = asMark(at);
    this.tooLate = asMark(new Date(Date.parse(at) + fiveMinutes).toISOString());
    this.length = this.greatest.write(before ?? '');
  }

  /** Null where no row had a mark. */
  get text(): string | null {
    return this.length === 0 ? null : this.greatest.toString('utf8', 0, this.length);
  }

  /** Notes the mark from `start` to `end`, if it is not after the snapshot: a clock that is ahead must not hide what others change meanwhile. */
  note(bytes: Buffer, start: number, end: number): void {
    if (!isPlainMark(bytes, start, end) || !isAfter(bytes, start, end, this.greatest, this.length)) return;
    if (!isAfter(bytes, start, end, this.snapshot, this.snapshot.length)) this.length = bytes.copy(this.greatest, 0, start, end);
    else if (isAfter(bytes, start, end, this.tooLate, this.tooLate.length)) this.future += 1;
  }
}

function asMark(at: string): Buffer {
  return Buffer.from(at.replace('T', ' ').replace('Z', ''));
}

/** Of a year of four digits and without BC: then later ones are greater as texts too. */
function isPlainMark(bytes: Buffer, start: number, end: number): boolean {
  const length = end - start;
  return length >= 19 && length <= 64 && bytes[start + 4] === 0x2d && bytes[start + 10] === 0x20 && bytes[end - 1] !== 0x43;
}

/** As texts. Each row is compared, and a call of Buffer.compare takes longer than the few bytes up to the first difference. */
function isAfter(bytes: Buffer, start: number, end: number, other: Buffer, length: number): boolean {
  const shorter = Math.min(end - start, length);
  for (let at = 0; at < shorter; at += 1) {
    const difference = bytes[start + at]! - other[at]!;
    if (difference !== 0) return difference > 0;
  }
  return end - start > length;
}
