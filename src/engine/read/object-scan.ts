import type { Contract } from './contract.js';
import { HeaderReader, type HeaderOutcome } from './csv/header/header-reader.js';
import { Scanner } from './csv/scanner.js';
import type { Derivation } from './fields/derivation.js';
import type { RowTaker } from './csv/row-taker.js';
import type { Reject } from './reject.js';
import type { ReadLimit, ReadStart, RowChunk, RowReader } from './row-reader.js';
import { rowTaker } from './row-takers.js';

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

export interface ScanOptions {
  /** A row; without it the bytes are those of the whole object. */
  readonly start?: ReadStart | undefined;
  /** What makes the columns that the file lacks, in the order of the contract's `derived`. */
  readonly derivations?: readonly Derivation[];
  /** What takes the rows; without it they are written as staging takes them. */
  readonly taker?: ((columnOrder: readonly number[]) => RowTaker) | undefined;
}

/** Reads the rows of files of text: CSV, and formats of one row a line. */
export class ObjectScan implements RowReader {
  readonly #contract: Contract;
  readonly #derivations: readonly Derivation[];
  readonly #taker: ScanOptions['taker'];
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

  /** `source`: the text's bytes from `start.offset` on, or from its first byte; it may end at any later boundary of planRanges. */
  constructor(contract: Contract, source: AsyncIterable<Uint8Array>, { start, derivations = [], taker }: ScanOptions = {}) {
    this.#contract = contract;
    this.#taker = taker;
    this.#derivations = derivations;
    this.#source = source[Symbol.asyncIterator]();
    if (start !== undefined) this.#begin(start);
  }

  get bytesRead(): number {
    return this.#bytesRead;
  }

  get rowsRead(): number {
    return this.#rowsRead;
  }

  get done(): boolean {
    return this.#scanner?.done ?? false;
  }

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
      this.#begin({ ...outcome, offset: outcome.nextOffset, line: outcome.nextLine });
      await this.#lookAhead(this.#begun());
    }
    return outcome;
  }

  chunk(limit: ReadLimit): RowChunk {
    const scanner = this.#begun();
    this.#rejects = [];
    this.#rows = 0;
    scanner.limit(limit);
    const chunk: Writable<RowChunk> = {
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

  async close(): Promise<void> {
    await this.#source.return?.();
  }

  async *#lines(scanner: Scanner, chunk: Writable<RowChunk>): AsyncGenerator<Buffer, void, undefined> {
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

  #begin(start: ReadStart): void {
    const onRows = (lines: Buffer, rows: number): void => {
      this.#ready.push(lines);
      this.#rows += rows;
      this.#rowsRead += rows;
    };
    this.#scanner = new Scanner({
      dialect: this.#contract.dialect,
      start,
      rows: this.#taker?.(start.columnOrder) ?? rowTaker(this.#contract, start, this.#derivations, onRows),
      onReject: (reject) => this.#rejects.push(reject),
    });
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
