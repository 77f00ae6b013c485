const initialBytes = 512 << 10;
/** Bytes taken at once, so that a buffer of any size costs the same memory. */
const sliceBytes = 256 << 10;
const lineFeed = 0x0a;
/** Room after the last byte for the line feed and for reads of 4 bytes that begin before it. */
const slackBytes = 4;

/** A view of exactly the buffer's bytes. */
export function viewOf(buffer: Buffer): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
}

/**
 * The bytes of a stream that are not yet scanned, in one piece. Copying them costs a few milliseconds for 100 MB and
 * spares the scanner every question about chunk borders. bytes[end] is always a line feed that is not part of the
 * stream (see RowSplitter.split).
 */
export class InputWindow {
  bytes = Buffer.allocUnsafe(initialBytes);
  /** Of `bytes`, for the writer's copy. */
  view = viewOf(this.bytes);
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
    if (this.end + taken + slackBytes > this.bytes.length) {
      const pending = this.pending;
      const needed = pending + taken + slackBytes;
      const target = needed > this.bytes.length ? Buffer.allocUnsafe(Math.max(needed, 2 * this.bytes.length)) : this.bytes;
      this.bytes.copy(target, 0, this.start, this.end);
      if (target !== this.bytes) this.view = viewOf(target);
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
