import { Readable } from 'node:stream';
import type { FeedDefinition } from '../engine/definition/types.js';
import type { ObjectScan, ScanChunk } from '../engine/scan/object-scan.js';
import type { ScanLimit } from '../engine/scan/scanner.js';
import { leadingColumns, stagingFormat } from '../engine/scan/staging-format.js';
import { columnList, identifier } from '../engine/sql/identifier.js';
import { StrataError } from '../engine/strata-error.js';
import type { Transaction, Warehouse } from '../engine/warehouse.js';
import type { Load } from './load-row.js';
import { quarantineRejects } from './quarantine-rejects.js';

/** The chunk of a load that is to be landed next. */
export interface PlannedChunk {
  readonly number: number;
  /** Bytes from the object's start. */
  readonly startOffset: number;
  /** Physical line; the file's first is 1. */
  readonly startLine: number;
}

export interface ChunkWork {
  readonly load: Load;
  readonly feed: FeedDefinition;
  /** The file's columns in its order. */
  readonly header: readonly string[];
  readonly chunk: PlannedChunk;
  readonly scan: ObjectScan;
  readonly limit: ScanLimit;
}

/** The planned chunk of a load that is being landed; undefined when all are staged. */
export async function plannedChunk(warehouse: Warehouse, loadId: number): Promise<PlannedChunk | undefined> {
  const [row] = await warehouse.query<{ chunk_number: number; start_offset: number; start_line: number }>(
    `select chunk_number, start_offset, start_line from gear.load_chunks where load_id = ? and state = 'planned' order by chunk_number limit 1`,
    [loadId],
  );
  return row && { number: Number(row.chunk_number), startOffset: Number(row.start_offset), startLine: Number(row.start_line) };
}

/**
 * Lands one chunk in one transaction: its rows, its rejects, its own row and the next one's plan, or the load's new state.
 * Returns the next chunk, or undefined after the last. A twin that committed the chunk before makes it fail as `contention`:
 * the retry goes on behind what is there.
 */
export async function commitChunk(
  warehouse: Warehouse,
  work: ChunkWork,
  report: (bytes: number, rows: number) => void,
  signal: AbortSignal,
): Promise<PlannedChunk | undefined> {
  const { load, chunk, scan } = work;
  // The stream can be read once, so the transaction is tried once; the activity's retry reads the object again from here.
  return warehouse.transaction(
    async (transaction) => {
      await lockChunk(transaction, load.loadId, chunk.number);
      const lines = scan.chunk(work.limit);
      const loaded = await transaction.loadData(loadStatement(work), Readable.from(withProgress(lines, scan, report), { objectMode: false }), [load.loadId]);
      if (loaded.affectedRows !== lines.rows || loaded.warnings !== 0)
        throw new StrataError(
          'invariant',
          `chunk ${chunk.number} of load ${load.loadId}: ${lines.rows} rows were sent, the server took ${loaded.affectedRows} with ${loaded.warnings} warnings; nothing was kept`,
        );
      await quarantineRejects(transaction, load, lines.rejects);
      return finishChunk(transaction, work, lines);
    },
    { signal, attempts: 1 },
  );
}

async function lockChunk(transaction: Transaction, loadId: number, number: number): Promise<void> {
  const [row] = await transaction.query<{ state: string }>(
    'select state from gear.load_chunks where load_id = ? and chunk_number = ? for update',
    [loadId, number],
  );
  if (row?.state !== 'planned') throw new StrataError('contention', `chunk ${number} of load ${loadId} was landed by another worker in the meantime`);
}

function loadStatement({ feed, header }: ChunkWork): string {
  return `load data local infile 'strata' into table staging.${identifier(feed.name)} ${stagingFormat}
  (${columnList([...leadingColumns, ...header])}) set load_id = ?`;
}

/** Tells how far the object is about ten times a second at most, while the server pulls. */
async function* withProgress(chunk: ScanChunk, scan: ObjectScan, report: (bytes: number, rows: number) => void): AsyncGenerator<Buffer> {
  for await (const lines of chunk.lines()) {
    report(chunk.startOffset + scan.bytesRead, chunk.rows);
    yield lines;
  }
}

async function finishChunk(transaction: Transaction, { load, header, chunk, scan }: ChunkWork, lines: ScanChunk): Promise<PlannedChunk | undefined> {
  await transaction.execute(
    `update gear.load_chunks
     set state = 'staged', end_offset = ?, rows_staged = ?, rows_quarantined = ?, committed_at = utc_timestamp(6)
     where load_id = ? and chunk_number = ?`,
    [lines.endOffset, lines.rows, lines.rejects.length, load.loadId, chunk.number],
  );
  const cut = lines.rejects.some(({ reasons }) => reasons.includes('row_too_long'));
  await transaction.execute(
    `update gear.loads
     set rows_staged = rows_staged + ?, rows_quarantined = rows_quarantined + ?, bytes_read = ?, move_source = move_source or ?,
       header = ?${scan.done ? `, state = 'staged', staged_at = utc_timestamp(6)` : ''}
     where load_id = ?`,
    [lines.rows, lines.rejects.length, lines.endOffset, cut, JSON.stringify(header), load.loadId],
  );
  if (scan.done) return undefined;
  const next = { number: chunk.number + 1, startOffset: lines.endOffset, startLine: lines.endLine };
  await transaction.execute('insert into gear.load_chunks (load_id, chunk_number, start_offset, start_line) values (?, ?, ?, ?)', [
    load.loadId,
    next.number,
    next.startOffset,
    next.startLine,
  ]);
  return next;
}
