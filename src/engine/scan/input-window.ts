const initialBytes = 512 << 10;
/** Bytes taken at once, so that a buffer of any size costs the same memory. */
const sliceBytes = 256 << 10;
const lineFeed = 0x0a;

/**
 * The bytes of a stream that are not yet scanned, in one piece. Copying them costs a few milliseconds for 100 MB and
 * spares the scanner every question about chunk borders. bytes[end] is always a line feed that is not part of the
 * stream (see RowSplitter.split).
 */
export class InputWindow {
  bytes = Buffer.allocUnsafe(initialBytes);
  /** Index of the first byte not yet scanned. */
  start = 0;
  /** Index after the last byte. */
  end = 0;

  get pending(): number {
    return this.end - this.start;
  }

  /** Appends the bytes of `chunk` from `from` on, at most 256 KiB of them; returns how many. Indexes into `bytes` change. */
  append(chunk: Uint8Array, from: number): number {
    const taken = Math.min(chunk.length - from, sliceBytes);
    if (this.end + taken + 1 > this.bytes.length) {
      const pending = this.pending;
      const needed = pending + taken + 1;
      const target = needed > this.bytes.length ? Buffer.allocUnsafe(Math.max(needed, 2 * this.bytes.length)) : this.bytes;
      this.bytes.copy(target, 0, this.start, this.end);
      this.bytes = target;
      this.start = 0;
      this.end = pending;
    }
    this.bytes.set(taken === chunk.length ? chunk : chunk.subarray(from, from + taken), this.end);
    this.end += taken;
    this.bytes[this.end] = lineFeed;
    return taken;
  }
}
