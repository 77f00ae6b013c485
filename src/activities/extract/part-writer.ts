import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, type Gzip } from 'node:zlib';
import type { Part } from '../../connectors/lake/write-lake.js';

/** Bytes of rows that are handed to the compression at once, at most. */
const largestBlock = 256 * 1024;
/**
 * Of zlib in Node: files are as small as those of the program gzip, for two thirds of the time of level 6. Its output comes in blocks of the
 * same size as its input, because each block is a way to another thread and back.
 */
const level = 5;

interface OpenPart {
  readonly gzip: Gzip;
  readonly written: Promise<void>;
  readonly file: string;
  readonly digest: () => { readonly bytes: number; readonly sha256: string };
  rows: number;
  /** Before compression. */
  raw: number;
}

/** Writes rows into compressed files of about the same size, one after the other, each with the header; `take` gets each when it is whole. */
export class PartWriter {
  private part: OpenPart | undefined;
  private blocks: Buffer[] = [];
  private block: Buffer;
  private readonly blockSize: number;
  private filled = 0;
  private pendingRows = 0;
  private count = 0;

  /** `partBytes`: of rows before compression. */
  constructor(
    private readonly options: {
      readonly folder: string;
      readonly header: Buffer;
      readonly partBytes: number;
      readonly take: (part: Part) => Promise<void>;
    },
  ) {
    this.blockSize = Math.min(largestBlock, options.partBytes);
    this.block = Buffer.allocUnsafe(this.blockSize);
  }

  /** Keeps a copy of a row until `drain`. */
  add(bytes: Buffer, start: number, end: number): void {
    this.pendingRows += 1;
    for (let at = start; at < end;) {
      const step = Math.min(end - at, this.blockSize - this.filled);
      bytes.copy(this.block, this.filled, at, at + step);
      this.filled += step;
      at += step;
      if (this.filled === this.blockSize) this.closeBlock();
    }
  }

  /** Hands the rows on to the file, as fast as that takes them. Rows are whole here, so a part may end. */
  async drain(): Promise<void> {
    if (this.pendingRows === 0 || (this.blocks.length === 0 && this.filled < this.blockSize / 2)) return;
    await this.flush();
  }

  /** Writes what is left, and the last part, where there is one. */
  async end(): Promise<void> {
    if (this.pendingRows > 0) await this.flush();
    await this.finish();
  }

  /** Gives up what is open. */
  async abandon(): Promise<void> {
    this.part?.gzip.destroy();
    await this.part?.written.catch(() => undefined);
  }

  private closeBlock(): void {
    this.blocks.push(this.block.subarray(0, this.filled));
    this.block = Buffer.allocUnsafe(this.blockSize);
    this.filled = 0;
  }

  private async flush(): Promise<void> {
    if (this.filled > 0) this.closeBlock();
    const part = (this.part ??= this.begin());
    part.rows += this.pendingRows;
    this.pendingRows = 0;
    const { blocks } = this;
    this.blocks = [];
    for (const block of blocks) {
      part.raw += block.length;
      if (!part.gzip.write(block)) await Promise.race([once(part.gzip, 'drain'), part.written]);
    }
    if (part.raw >= this.options.partBytes) await this.finish();
  }

  private begin(): OpenPart {
    const file = join(this.options.folder, `part-${this.count}`);
    this.count += 1;
    const hash = createHash('sha256');
    let bytes = 0;
    const counted = new PassThrough();
    counted.on('data', (chunk: Buffer) => {
      hash.update(chunk);
      bytes += chunk.length;
    });
    const gzip = createGzip({ level, chunkSize: largestBlock });
    const written = pipeline(gzip, counted, createWriteStream(file));
    written.catch(() => undefined);
    gzip.write(this.options.header);
    return { gzip, written, file, digest: () => ({ bytes, sha256: hash.digest('hex') }), rows: 0, raw: 0 };
  }

  private async finish(): Promise<void> {
    const { part } = this;
    if (!part) return;
    this.part = undefined;
    part.gzip.end();
    await part.written;
    try {
      await this.options.take({ file: part.file, rows: part.rows, ...part.digest() });
    } finally {
      await rm(part.file, { force: true });
    }
  }
}
