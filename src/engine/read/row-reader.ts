import type { BadHeader, GoodHeader } from './csv/header/header-reader.js';
import type { FileColumns } from './extra-columns.js';
import type { Reject } from './reject.js';

/** A row's start, and which columns the file has: what is needed to go on from there. */
export interface ReadStart extends FileColumns {
  /** Bytes from the object's start; of a decoded object those of its text. */
  readonly offset: number;
  /** Physical line; the file's first is 1. */
  readonly line: number;
}

/** Where a chunk ends: on the first row's end at which either is reached. */
export interface ReadLimit {
  /** Bytes of input. */
  readonly bytes: number;
  /** Memory held by rejects, in bytes. */
  readonly rejectBytes: number;
}

/** A stretch of an object that ends on a row's end. All but `lines` is final once `lines` has been read to its end. */
export interface RowChunk {
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
 * Reads the rows of one object, whatever its format, from a stream, chunk by chunk, without reading any byte twice: each chunk's `lines`
 * feed a LOAD DATA, which pulls (so the source is read only as fast as the server takes rows), and what it rejected and where it ended
 * are then known in the same transaction. Call `readHeader` first unless a start was given, and `close` in the end.
 */
export interface RowReader {
  /** Bytes of text taken so far, those of rows not yet ended too. */
  readonly bytesRead: number;
  /** Good rows in all chunks so far. */
  readonly rowsRead: number;
  /** True when every row is in a chunk. */
  readonly done: boolean;
  /** Learns which columns the file has, in which order. After a bad header there is nothing more to read. */
  readHeader(): Promise<Pick<GoodHeader, 'kind' | keyof FileColumns> | BadHeader>;
  /** The next chunk; its lines must be read to their end before the one after it is asked for. */
  chunk(limit: ReadLimit): RowChunk;
  /** Lets go of the source; needed when it is not read to its end. */
  close(): Promise<void>;
}
