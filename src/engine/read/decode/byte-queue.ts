/** Bytes of a source, in the lengths in which a reader asks for them. */
export class ByteQueue {
  readonly #source: AsyncIterator<Uint8Array>;
  #held: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** The next bytes, which are still the next ones afterwards; fewer only where the source ends. */
  async peek(length: number): Promise<Buffer> {
    if (this.#held.length < length) {
      const parts: Uint8Array[] = [this.#held];
      for (let held = this.#held.length; held < length;) {
        const { done, value } = await this.#source.next();
        if (done) break;
        parts.push(value);
        held += value.length;
      }
      this.#held = Buffer.concat(parts);
    }
    return this.#held.subarray(0, length);
  }

  /** The next bytes; fewer only where the source ends. */
  async take(length: number): Promise<Buffer> {
    const bytes = await this.peek(length);
    this.#held = this.#held.subarray(bytes.length);
    return bytes;
  }

  /** Leaves bytes out, and says how many there were: fewer only where the source ends. */
  async skip(length: number): Promise<number> {
    let left = length;
    while (left > 0) {
      const { length: taken } = await this.take(Math.min(left, 1 << 16));
      if (taken === 0) break;
      left -= taken;
    }
    return length - left;
  }

  /** Ends the reading of the source. */
  async close(): Promise<void> {
    await this.#source.return?.();
  }
}
