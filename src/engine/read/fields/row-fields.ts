const initialBytes = 64 << 10;
/** Bytes of a UTF-16 unit in UTF-8 at most. */
const unitBytes = 3;

/** The fields of one row, filled again for each: text in UTF-8, or NULL. */
export class RowFields {
  bytes = Buffer.allocUnsafe(initialBytes);
  count = 0;
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  readonly isNull: boolean[] = [];
  /** An object of what the row has beside its fields, where it is kept and is not a field itself. */
  kept: string | null = null;
  #end = 0;

  /** Bytes of all fields. */
  get size(): number {
    return this.#end;
  }

  clear(): void {
    this.count = 0;
    this.#end = 0;
    this.kept = null;
  }

  addText(text: string | null): void {
    this.#room(unitBytes * (text?.length ?? 0));
    const end = this.#end + (text === null ? 0 : this.bytes.write(text, this.#end));
    this.#add(end, text === null);
  }

  /** Adds bytes of UTF-8; where `quote` is given, each pair of it counts once. */
  addBytes(from: Buffer, start: number, end: number, quote?: number): void {
    this.#room(end - start);
    const { bytes } = this;
    let to = this.#end;
    if (quote === undefined) to += from.copy(bytes, to, start, end);
    else
      for (let at = start; at < end; at++) {
        bytes[to++] = from[at]!;
        if (from[at] === quote) at++;
      }
    this.#add(to, false);
  }

  /** The text of a field; NULL is null. */
  text(place: number): string | null {
    return this.isNull[place] ? null : this.bytes.toString('utf8', this.starts[place], this.ends[place]);
  }

  #add(end: number, isNull: boolean): void {
    const place = this.count++;
    this.starts[place] = this.#end;
    this.ends[place] = end;
    this.isNull[place] = isNull;
    this.#end = end;
  }

  #room(needed: number): void {
    if (this.#end + needed <= this.bytes.length) return;
    const bytes = Buffer.allocUnsafe(Math.max(2 * this.bytes.length, this.#end + needed));
    this.bytes.copy(bytes, 0, 0, this.#end);
    this.bytes = bytes;
  }
}
