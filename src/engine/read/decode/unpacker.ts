import type { Transform } from 'node:stream';
import { UnreadableFileError, type UnreadableReason } from './unreadable-file-error.js';

/** A file may unpack to more than this only where it is no more than `maxRatio` times as large as before. */
const freeBytes = 64 << 20;
const maxRatio = 200;
/** What Node says where the machine is at fault and not the file. */
const outOfMemory: readonly (string | undefined)[] = ['Z_MEM_ERROR', 'ZSTD_error_memory_allocation'];

/** Counts a file's bytes before and after unpacking, for a file may not unpack to far more than tables do. */
export class UnpackedSize {
  #taken = 0;
  #given = 0;

  constructor(private readonly reason: UnreadableReason) {}

  /** Bytes of the file so far. */
  get taken(): number {
    return this.#taken;
  }

  take(length: number): void {
    this.#taken += length;
  }

  /** Throws UnreadableFileError where the file has become too large. */
  give(length: number): void {
    this.#given += length;
    if (this.#given <= freeBytes || this.#given <= maxRatio * this.#taken) return;
    throw new UnreadableFileError(this.reason, `the file unpacks to more than ${maxRatio} times its size. Deliver it without compression`);
  }
}

/** One of Node's decompressors, which is given bytes and asked what they unpacked to. */
export class Unpacker {
  readonly #ready: Uint8Array[] = [];
  readonly #over: Promise<void>;
  #failure: (Error & { readonly code?: string }) | undefined;

  /** `unreadable`: what is wrong with a file that the decompressor does not take. */
  constructor(
    private readonly stream: Transform,
    private readonly unreadable: (failure: Error) => UnreadableFileError,
  ) {
    this.#over = new Promise((resolve) => {
      stream.on('data', (bytes: Buffer) => this.#ready.push(bytes));
      stream.once('end', resolve);
      stream.once('error', (error) => {
        this.#failure = error;
        resolve();
      });
    });
  }

  /** Resolves when the bytes are unpacked, or the packed data has ended or is wrong. */
  async write(bytes: Uint8Array): Promise<void> {
    // Where the data has ended, nothing answers the write.
    await Promise.race([new Promise((resolve) => this.stream.write(bytes, resolve)), this.#over]);
  }

  async end(): Promise<void> {
    this.stream.end();
    await this.#over;
  }

  /** What has been unpacked since the last time. Throws UnreadableFileError where the packed data is wrong. */
  *unpacked(size: UnpackedSize): Generator<Uint8Array, void, undefined> {
    if (this.#failure) throw outOfMemory.includes(this.#failure.code) ? this.#failure : this.unreadable(this.#failure);
    for (const bytes of this.#ready.splice(0)) {
      size.give(bytes.length);
      yield bytes;
    }
  }

  destroy(): void {
    this.stream.destroy();
  }
}
