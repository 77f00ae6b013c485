import type { Contract } from '../contract.js';
import { isPlain } from '../decode/decode.js';
import { HeaderReader, type HeaderOutcome } from './header/header-reader.js';
import type { Reject } from '../reject.js';
import { Scanner, type ScanLimit } from './scanner.js';

/** A row's start, and how the file's columns are ordered: what is needed to go on from there. */
export interface ScanStart {
  /** Bytes from the object's start. */
  readonly offset: number;
  /** Physical line; the file's first is 1. */
  readonly line: number;
  /** The file's columns as indexes into the feed's columns. */
  readonly columnOrder: readonly number[];
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** A stretch of an object that ends on a row's end. All but `lines` is final once `lines` has been read to its end. */
export interface ScanChunk {
  readonly startOffset: number;
  readonly startLine: number;
  /** Bytes; the next chunk starts here. */
  readonly endOffset: number;
  readonly endLine: number;
  /** Rows in `lines`. */
  readonly rows: number;
  readonly rejects: readonly Reject[];
  /** The good rows in the staging format, as Buffers of about 256 KiB. To be read once. */
  lines(): AsyncGenerator<Buffer, void, undefined>;
}

/**
 * Scans one object from a stream, chunk by chunk, without reading any byte twice: each chunk's `lines` feed a LOAD DATA,
 * which pulls (so the source is read only as fast as the server takes rows), and what it rejected and where it ended are
 * then known in the same transaction. Call `readHeader` first unless a start is given; `close` when not read to the end.
 */
export class ObjectScan {
  readonly #contract: Contract;
  readonly #source: AsyncIterator<Uint8Array>;
  #sourceEnded = false;
  #scanner: Scanner | undefined;
  #bytes: Uint8Array = new Uint8Array(0);
  #taken = 0;
  #bytesRead = 0;
  #rowsRead = 0;
  #ready: Buffer[] = [];
  #rows = 0;
  #rejects: Reject[] = [];

  /** `source`: the object's bytes from `start.offset` on, or from its first byte; it may end at any later boundary of planRanges. */
  constructor(contract: Contract, source: AsyncIterable<Uint8Array>, start?: ScanStart) {
    this.#contract = contract;
    this.#source = source[Symbol.asyncIterator]();
    if (start !== undefined) this.#begin(start);
  }

  /** Places of rows are those of the object's text, not of its bytes. */
  get isDecoded(): boolean {
    return !isPlain(this.#contract.coding);
  }

  /** Bytes taken from the source so far, those of rows not yet ended too. */
  get bytesRead(): number {
    return this.#bytesRead;
  }

  /** Good rows in all chunks so far. */
  get rowsRead(): number {
    return this.#rowsRead;
  }

  /** True when every row is in a chunk. */
  get done(): boolean {
    return this.#scanner?.done ?? false;
  }

  /** Reads up to the header's end. After a bad one there is nothing more to scan. */
  async readHeader(): Promise<HeaderOutcome> {
    const reader = new HeaderReader(this.#contract);
    let outcome: HeaderOutcome | undefined;
    while (outcome === undefined) {
      await this.#pull();
      outcome = this.#sourceEnded ? reader.end() : reader.push(this.#bytes);
    }
    if (outcome.kind === 'ok') {
      this.#bytes = outcome.rest;
      this.#taken = 0;
      this.#begin({ offset: outcome.nextOffset, line: outcome.nextLine, columnOrder: outcome.columnOrder });
      await this.#lookAhead(this.#begun());
    }
    return outcome;
  }

  /** The next chunk; its lines must be read to their end before the one after it is asked for. */
  chunk(limit: ScanLimit): ScanChunk {
    const scanner = this.#begun();
    this.#rejects = [];
    this.#rows = 0;
    scanner.limit(limit);
    const chunk: Writable<ScanChunk> = {
      startOffset: scanner.offset,
      startLine: scanner.line,
      endOffset: scanner.offset,
      endLine: scanner.line,
      rows: 0,
      rejects: this.#rejects,
      lines: () => this.#lines(scanner, chunk),
    };
    return chunk;
  }

  /** Lets go of the source; needed when it is not read to its end. */
  async close(): Promise<void> {
    await this.#source.return?.();
  }

  async *#lines(scanner: Scanner, chunk: Writable<ScanChunk>): AsyncGenerator<Buffer, void, undefined> {
    for (;;) {
      this.#taken += scanner.push(this.#bytes, this.#taken);
      this.#endScanner(scanner);
      const stop = scanner.limited || scanner.done;
      if (stop) scanner.flush();
      yield* this.#ready.splice(0);
      if (stop) break;
      await this.#pull();
    }
    await this.#lookAhead(scanner);
    chunk.endOffset = scanner.offset;
    chunk.endLine = scanner.line;
    chunk.rows = this.#rows;
  }

  #begin({ offset, line, columnOrder }: ScanStart): void {
    const sink = {
      onRows: (lines: Buffer, rows: number): void => {
        this.#ready.push(lines);
        this.#rows += rows;
        this.#rowsRead += rows;
      },
      onReject: (reject: Reject): void => {
        this.#rejects.push(reject);
      },
    };
    this.#scanner = new Scanner({ contract: this.#contract, columnOrder, startOffset: offset, startLine: line, sink });
  }

  #begun(): Scanner {
    if (this.#scanner === undefined) throw new Error('the header has to be read before the rows');
    return this.#scanner;
  }

  /** The source's next bytes; those before must have been taken. */
  async #pull(): Promise<void> {
    const next = await this.#source.next();
    this.#sourceEnded = next.done === true;
    this.#bytes = next.done === true ? new Uint8Array(0) : next.value;
    this.#taken = 0;
    this.#bytesRead += this.#bytes.length;
  }

  /**
   * Learns whether there is more, so that a file that ends with a chunk is done with it. Waits for the source only when all that came
   * from it is scanned: the chunk's transaction is open meanwhile.
   */
  async #lookAhead(scanner: Scanner): Promise<void> {
    while (!this.#sourceEnded && this.#taken === this.#bytes.length && !scanner.pending) await this.#pull();
    this.#endScanner(scanner);
  }

  #endScanner(scanner: Scanner): void {
    if (this.#sourceEnded && this.#taken === this.#bytes.length) scanner.end();
  }
}
