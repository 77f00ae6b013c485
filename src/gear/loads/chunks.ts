import { StrataError } from '../../engine/strata-error.js';
import type { Statements, Transaction } from '../../engine/warehouse.js';
import { beginContract, type ReadHeader } from './contracts.js';
import { noteEnrichments, type LoadEnrichment } from './enrichments.js';
import { dropPlace } from './replays.js';
import type { Load } from './load-row.js';

/** A chunk of a load that is to be landed, as far as it is not yet. */
export interface PlannedChunk {
  readonly number: number;
  /** Bytes from the object's start. */
  readonly startOffset: number;
  /** Physical line; the file's first is 1. */
  readonly startLine: number;
  /**
   * The end of a range that is landed beside others. Undefined for a chunk of one stream: its commit sets the end, and plans the next
   * chunk.
   */
  readonly endOffset: number | undefined;
}

/** The first chunk of a load, before anything of it is landed. */
export const firstChunk: PlannedChunk = { number: 0, startOffset: 0, startLine: 1, endOffset: undefined };

/** Lines of a chunk whose rows and rejects the transaction holds. */
export interface ChunkLines extends ReadHeader {
  readonly rows: number;
  readonly rejects: number;
  readonly endOffset: number;
  readonly endLine: number;
  /** What made the columns that the file lacks. */
  readonly enrichments: readonly LoadEnrichment[];
  /** Bytes of the object that were read for them. */
  readonly bytes: number;
  /** The object was read to its end. */
  readonly isLast: boolean;
  /** A rejected row was too long for gear.quarantine, so the object has to be kept. */
  readonly isCut: boolean;
}

/** The planned chunks of a load that is being landed, in order; none when all are staged. */
export async function plannedChunks(statements: Statements, loadId: number): Promise<readonly PlannedChunk[]> {
  const rows = await statements.query<{ chunk_number: number; start_offset: number; start_line: number; end_offset: number | null }>(
    `select chunk_number, start_offset, start_line, end_offset from gear.load_chunks where load_id = ? and state = 'planned' order by chunk_number`,
    [loadId],
  );
  return rows.map((row) => ({
    number: Number(row.chunk_number),
    startOffset: Number(row.start_offset),
    startLine: Number(row.start_line),
    endOffset: row.end_offset === null ? undefined : Number(row.end_offset),
  }));
}

export async function insertChunks(transaction: Transaction, loadId: number, chunks: readonly PlannedChunk[]): Promise<void> {
  await transaction.execute(
    `insert into gear.load_chunks (load_id, chunk_number, start_offset, start_line, end_offset) values ${chunks.map(() => '(?, ?, ?, ?, ?)').join(', ')}`,
    chunks.flatMap(({ number, startOffset, startLine, endOffset }) => [loadId, number, startOffset, startLine, endOffset ?? null]),
  );
}

/**
 * Locks the chunk's row and compares it with what was read before. Throws `contention` if they differ: a duplicate attempt may have landed
 * the chunk or a part of it, have divided the object, or have restarted the load with another contract.
 */
export async function lockChunk(transaction: Transaction, loadId: number, chunk: PlannedChunk, contract: string): Promise<void> {
  const [row] = await transaction.query<{ state: string; start_offset: number; end_offset: number | null }>(
    'select state, start_offset, end_offset from gear.load_chunks where load_id = ? and chunk_number = ? for update',
    [loadId, chunk.number],
  );
  const same =
    row?.state === 'planned' && Number(row.start_offset) === chunk.startOffset && Number(row.end_offset ?? 0) === (chunk.endOffset ?? 0);
  if (!same) throw new StrataError('contention', `chunk ${chunk.number} of load ${loadId} was landed by another worker in the meantime`);
  const [begun] = await transaction.query<{ contract: string }>('select contract from gear.load_contracts where load_id = ?', [loadId]);
  const isFirst = chunk.number === 0 && chunk.endOffset === undefined;
  if (begun === undefined ? !isFirst : begun.contract !== contract)
    throw new StrataError('contention', `load ${loadId} was restarted by a worker whose feed has another contract`);
}

/**
 * Adds lines to a locked chunk, and makes the load `staged` with the last ones. Returns the next chunk of this stream: the rest of a range,
 * or the next chunk of a load that is landed as one stream. Undefined after the last.
 */
export async function keepLines(
  transaction: Transaction,
  load: Load,
  chunk: PlannedChunk,
  lines: ChunkLines,
): Promise<PlannedChunk | undefined> {
  const after = { startOffset: lines.endOffset, startLine: lines.endLine, endOffset: chunk.endOffset };
  const isRange = chunk.endOffset !== undefined;
  const rest = isRange && lines.endOffset !== chunk.endOffset;
  const whole = !isRange && lines.isLast;
  await transaction.execute(
    `update gear.load_chunks
     set rows_staged = rows_staged + ?, rows_quarantined = rows_quarantined + ?,
       ${rest ? 'start_offset = ?, start_line = ?' : `end_offset = ?, state = 'staged', committed_at = utc_timestamp(6)`}
     where load_id = ? and chunk_number = ?`,
    [lines.rows, lines.rejects, lines.endOffset, ...(rest ? [lines.endLine] : []), load.loadId, chunk.number],
  );
  await transaction.execute(
    `update gear.loads
     set rows_staged = rows_staged + ?, rows_quarantined = rows_quarantined + ?, bytes_read = bytes_read + ?, move_source = move_source or ?,
       header = ?${whole ? `, state = 'staged', staged_at = utc_timestamp(6)` : ''}
     where load_id = ?`,
    [lines.rows, lines.rejects, lines.bytes, lines.isCut, JSON.stringify(lines.header), load.loadId],
  );
  if (load.header === undefined && chunk.number === 0) await beginContract(transaction, load, lines.contract);
  await noteEnrichments(transaction, load.loadId, lines.enrichments);
  await dropPlace(transaction, load, lines.header);
  if (rest) return { number: chunk.number, ...after };
  if (isRange) await stageWhenComplete(transaction, load.loadId);
  if (isRange || whole) return undefined;
  const next = { number: chunk.number + 1, ...after };
  await insertChunks(transaction, load.loadId, [next]);
  return next;
}

/**
 * The commit that leaves no planned chunk makes the load `staged`. Of ranges that commit at once, each has locked the load's row
 * by now, so that the later one sees what the earlier one committed.
 */
async function stageWhenComplete(transaction: Transaction, loadId: number): Promise<void> {
  const [row] = await transaction.query<{ planned: number }>(
    `select count(*) as planned from gear.load_chunks where load_id = ? and state = 'planned'`,
    [loadId],
  );
  if (Number(row?.planned) > 0) return;
  await transaction.execute(`update gear.loads set state = 'staged', staged_at = utc_timestamp(6) where load_id = ?`, [loadId]);
}
