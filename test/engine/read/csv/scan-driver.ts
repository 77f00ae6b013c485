import { compileContract, type Contract } from '../../../../src/engine/read/contract.js';
import type { FeedDefinition } from '../../../../src/engine/definition/types.js';
import { ObjectScan } from '../../../../src/engine/read/object-scan.js';
import { Scanner } from '../../../../src/engine/read/csv/scanner.js';
import type { Reject } from '../../../../src/engine/read/reject.js';
import { rowTaker } from '../../../../src/engine/read/row-takers.js';
import type { Derivation } from '../../../../src/engine/read/fields/derivation.js';
import type { HeaderOutcome } from '../../../../src/engine/read/csv/header/header-reader.js';
import type { ReadLimit, ReadStart } from '../../../../src/engine/read/row-reader.js';

/** A row as the database would have it after LOAD DATA. */
export interface LoadedRow {
  readonly offset: number;
  readonly line: number;
  readonly padded: boolean;
  readonly fields: readonly (string | null)[];
}

export interface SeenReject {
  readonly line: number;
  readonly offset: number;
  readonly bytes: number;
  readonly reasons: string;
  /** latin1, so that every byte shows. */
  readonly raw: string;
}

export interface ScanResult {
  readonly header: HeaderOutcome | undefined;
  readonly rows: LoadedRow[];
  readonly rejects: SeenReject[];
  /** Starts of the chunks and the end of the last: every one a row's start. */
  readonly boundaries: { offset: number; line: number }[];
}

const noLimit: ReadLimit = { bytes: Infinity, rejectBytes: Infinity };

export function textFeed(columns: number): FeedDefinition {
  return {
    name: 'texts',
    match: '^texts\\.csv$',
    reasons: ['too_long'],
    columns: Array.from({ length: columns }, (_, i) => ({
      name: `c${i}`,
      header: `C${i}`,
      type: { kind: 'text', maxLength: 1 << 21, empty: '' },
      reason: 'too_long',
    })),
  };
}

/** A scanner of CSV in front of a sink. */
export function scannerOf({
  contract,
  columnOrder,
  startOffset,
  startLine,
  sink,
}: {
  readonly contract: Contract;
  readonly columnOrder: readonly number[];
  readonly startOffset: number;
  readonly startLine: number;
  readonly sink: { onRows(lines: Buffer, rows: number): void; onReject(reject: Reject): void };
}): Scanner {
  const rows = rowTaker(contract, { columnOrder }, [], (lines, count) => sink.onRows(lines, count));
  const start = { offset: startOffset, line: startLine, columnOrder };
  return new Scanner({ dialect: contract.dialect, start, rows, onReject: (reject) => sink.onReject(reject) });
}

/** The bytes cut into buffers of the given sizes, over and over. */
export function pieces(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const result: Buffer[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    result.push(bytes.subarray(at, at + size));
    at += size;
  }
  return result;
}

async function* stream(buffers: Iterable<Buffer>): AsyncGenerator<Buffer> {
  for (const buffer of buffers) yield await Promise.resolve(buffer);
}

/** Scans a whole object, or its bytes from `start` on, as a caller would, decoding what goes to LOAD DATA. */
export async function scanAll(
  feed: FeedDefinition | Contract,
  buffers: Iterable<Buffer>,
  options: { readonly limit?: ReadLimit; readonly start?: ReadStart; readonly derivations?: readonly Derivation[] } = {},
): Promise<ScanResult> {
  const contract = 'match' in feed ? compileContract(feed) : feed;
  const scan = new ObjectScan(contract, stream(buffers), { start: options.start, derivations: options.derivations ?? [] });
  const result: ScanResult = { header: undefined, rows: [], rejects: [], boundaries: [] };
  const header = options.start === undefined ? await scan.readHeader() : undefined;
  if (header?.kind !== 'bad_header') {
    while (!scan.done) {
      const end = await scanChunk(scan, options.limit ?? noLimit, result);
      if (scan.done) result.boundaries.push(end);
    }
  }
  await scan.close();
  return { ...result, header };
}

/** Scans one range of an object, which ends at `end`, in chunks. */
export async function scanRange(
  feed: FeedDefinition,
  buffers: Iterable<Buffer>,
  range: ReadStart & { readonly end: number },
  limit: ReadLimit = noLimit,
): Promise<ScanResult> {
  const scan = new ObjectScan(compileContract(feed), stream(buffers), { start: range });
  const result: ScanResult = { header: undefined, rows: [], rejects: [], boundaries: [] };
  for (let at = range.offset; at !== range.end;) {
    ({ offset: at } = await scanChunk(scan, { ...limit, bytes: Math.min(limit.bytes, range.end - at) }, result));
    if (at > range.end) throw new Error(`scanned up to ${at}, the range ends at ${range.end}`);
  }
  await scan.close();
  return result;
}

/** Returns where the chunk ends. */
async function scanChunk(scan: ObjectScan, limit: ReadLimit, result: ScanResult): Promise<{ offset: number; line: number }> {
  const chunk = scan.chunk(limit);
  const lines: Buffer[] = [];
  for await (const buffer of chunk.lines()) lines.push(buffer);
  const rows = decodeLines(Buffer.concat(lines));
  if (rows.length !== chunk.rows) throw new Error(`${rows.length} rows decoded, ${chunk.rows} counted`);
  result.rows.push(...rows);
  for (const { lineNumber, rowOffset, rowBytes, reasons, raw } of chunk.rejects) {
    result.rejects.push({ line: lineNumber, offset: rowOffset, bytes: rowBytes, reasons: reasons.join(), raw: raw.toString('latin1') });
  }
  result.boundaries.push({ offset: chunk.startOffset, line: chunk.startLine });
  return { offset: chunk.endOffset, line: chunk.endLine };
}

/** What a server makes of FIELDS TERMINATED BY ',' ESCAPED BY '\\' LINES TERMINATED BY '\n'. */
export function decodeLines(bytes: Buffer): LoadedRow[] {
  const escapes = new Map([...'0bnrtZ'].map((letter, i) => [letter, '\0\b\n\r\t\x1a'.charAt(i)]));
  const rows: LoadedRow[] = [];
  let fields: (string | null)[] = [];
  let field = '';
  let isNull = false;
  const text = bytes.toString('latin1');
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (char === '\\') {
      const next = text.charAt(++i);
      if (next === 'N' && field === '' && [',', '\n'].includes(text.charAt(i + 1))) isNull = true;
      else field += escapes.get(next) ?? next;
    } else if (char === ',' || char === '\n') {
      fields.push(isNull ? null : field);
      field = '';
      isNull = false;
      if (char === '\n') {
        const [offset, line, padded, ...rest] = fields;
        rows.push({
          offset: Number(offset),
          line: Number(line),
          padded: padded === '1',
          fields: rest.map((value) => (value === null ? null : Buffer.from(value, 'latin1').toString('utf8'))),
        });
        fields = [];
      }
    } else {
      field += char;
    }
  }
  if (field !== '' || fields.length > 0) throw new Error('a line without its end');
  return rows;
}
