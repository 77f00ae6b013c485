import { Readable } from 'node:stream';
import type { Contract } from '../../engine/read/contract.js';
import { decode, isPlain } from '../../engine/read/decode/decode.js';
import { ObjectScan, type ScanOptions } from '../../engine/read/object-scan.js';
import type { RowReader } from '../../engine/read/row-reader.js';
import type { Stores } from '../../engine/stores.js';
import type { PlannedChunk } from '../../gear/loads/chunks.js';
import type { Load } from '../../gear/loads/load-row.js';
import { fileColumns } from './file-columns.js';

/** What is left to land of a load's object, read from the store. */
export class ObjectRows {
  /** Bytes of the object that came from the store. */
  #fetched = 0;
  /** Of them, those that the load's row counts, where they are not the same as the places of rows tell. */
  #counted: number;

  private constructor(
    readonly reader: RowReader,
    /** Places of rows are those of the object's text, not of its bytes. */
    readonly isDecoded: boolean,
    private readonly load: Load,
    private readonly source: Readable,
  ) {
    this.#counted = load.result.bytes;
  }

  /** Reads on at the chunk; columns of another contract make it throw ColumnsChangedError. */
  static async open(
    stores: Stores,
    load: Load,
    contract: Contract,
    options: Pick<ScanOptions, 'derivations' | 'taker'>,
    { startOffset, startLine, endOffset }: PlannedChunk,
    signal: AbortSignal,
  ): Promise<ObjectRows> {
    const { object } = load;
    const columns = fileColumns(load, contract);
    const start = columns && { ...columns, offset: startOffset, line: startLine };
    const isDecoded = !isPlain(contract.coding);
    const isAtEnd = !isDecoded && start !== undefined && startOffset >= object.size;
    const range = isDecoded ? { start: 0 } : { start: startOffset, ...(endOffset === undefined ? {} : { end: endOffset }) };
    const source = isAtEnd ? Readable.from([]) : await stores.open(load.storeUrl).read(object, { ...range, signal });
    const bytes = source as AsyncIterable<Uint8Array>;
    if (!isDecoded) return new ObjectRows(new ObjectScan(contract, bytes, { start, ...options }), false, load, source);
    const counted = countBytes(bytes, (length) => (rows.#fetched += length));
    const text = decode(counted, contract.coding, startOffset);
    const rows = new ObjectRows(new ObjectScan(contract, text, { start, ...options }), true, load, source);
    return rows;
  }

  /** How many of the object's bytes are landed or on their way, as far as this stream knows. */
  get bytes(): number {
    const { bytes } = this.load.result;
    return this.isDecoded ? Math.max(bytes, this.#fetched) : bytes + this.reader.bytesRead;
  }

  /** The bytes of the object that rows from one place to another were read from: of text, all those that came since it was last asked. */
  bytesOf(startOffset: number, endOffset: number): number {
    if (!this.isDecoded) return endOffset - startOffset;
    const bytes = Math.max(0, this.#fetched - this.#counted);
    this.#counted += bytes;
    return bytes;
  }

  async close(): Promise<void> {
    await this.reader.close();
    // Ending the iteration of a stream that was not read yet leaves the stream open, and with it a connection to the store.
    this.source.destroy();
  }
}

async function* countBytes(
  source: AsyncIterable<Uint8Array>,
  count: (length: number) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const bytes of source) {
    count(bytes.length);
    yield bytes;
  }
}
