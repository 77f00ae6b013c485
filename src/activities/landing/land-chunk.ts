import { Readable } from 'node:stream';
import { replayedRow } from '../../engine/definition/replayed-row.js';
import type { FeedDefinition } from '../../engine/definition/types.js';
import type { ObjectScan, ScanChunk } from '../../engine/read/csv/object-scan.js';
import type { ScanLimit } from '../../engine/read/csv/scanner.js';
import { leadingColumns, stagingFormat } from '../../engine/read/staging-format.js';
import { columnList, identifier } from '../../engine/sql/identifier.js';
import { StrataError } from '../../engine/strata-error.js';
import type { Transaction, Warehouse } from '../../engine/warehouse.js';
import type { Load } from '../../gear/loads/load-row.js';
import { quarantineRejects } from '../../gear/loads/quarantine.js';

/** A chunk of a load that is to be landed, as far as it is not yet. */
export interface PlannedChunk {
  readonly number: number;
  /** Bytes from the object's start. */
  readonly startOffset: number;
  /** Physical line; the file's first is 1. */
  readonly startLine: number;
  /** Where a range that is landed beside others ends; undefined for a chunk whose commit tells, and plans the next one there. */
  readonly endOffset: number | undefined;
}

/** What a header was read as. */
export interface ReadHeader {
  /** The file's columns in its order. */
  readonly header: readonly string[];
  /** Checksum of the contract by which rows are checked. */
  readonly contract: string;
}

export interface ChunkWork extends ReadHeader {
  readonly load: Load;
  readonly feed: FeedDefinition;
  readonly chunk: PlannedChunk;
  readonly scan: ObjectScan;
  readonly limit: ScanLimit;
}

/** The planned chunks of a load that is being landed, in order; none when all are staged. */
export async function plannedChunks(warehouse: Warehouse, loadId: number): Promise<readonly PlannedChunk[]> {
  const rows = await warehouse.query<{ chunk_number: number; start_offset: number; start_line: number; end_offset: number | null }>(
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

/**
 * Lands a chunk up to the limit in one transaction: its rows, its rejects, its own row, and with them what is to be landed next or
 * the load's new state. Returns what this stream goes on with: the rest of a range, or the next chunk of a load that is landed
 * as one stream; undefined after the last. A twin that committed in the meantime makes it fail as `contention`: the retry goes on
 * behind what is there.
 */
export async function commitChunk(
  warehouse: Warehouse,
  work: ChunkWork,
  report: () => void,
  signal: AbortSignal,
): Promise<PlannedChunk | undefined> {
  const { load, chunk, scan, contract } = work;
  // The stream can be read once, so the transaction is tried once; the activity's retry reads the object again from here.
  return warehouse.transaction(
    async (transaction) => {
      await lockChunk(transaction, load.loadId, chunk, contract);
      const lines = scan.chunk(limitOf(work));
      const loaded = await transaction.loadData(loadStatement(work), Readable.from(withProgress(lines, report), { objectMode: false }), [
        load.loadId,
      ]);
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

/**
 * The row is compared with what was read before: a twin may have landed the chunk or a part of it, or have divided the object. One with
 * another contract may have begun the load anew.
 */
async function lockChunk(transaction: Transaction, loadId: number, chunk: PlannedChunk, contract: string): Promise<void> {
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
    throw new StrataError('contention', `load ${loadId} was begun anew by a worker whose feed has another contract`);
}

function limitOf({ chunk, limit }: ChunkWork): ScanLimit {
  return chunk.endOffset === undefined ? limit : { ...limit, bytes: Math.min(limit.bytes, chunk.endOffset - chunk.startOffset) };
}

function loadStatement({ feed, header }: ChunkWork): string {
  return `load data local infile 'strata' into table staging.${identifier(feed.name)} ${stagingFormat}
  (${columnList([...leadingColumns, ...header])}) set load_id = ?`;
}

/** Tells how far the object is while the server pulls. */
async function* withProgress(chunk: ScanChunk, report: () => void): AsyncGenerator<Buffer> {
  for await (const lines of chunk.lines()) {
    report();
    yield lines;
  }
}

async function finishChunk(transaction: Transaction, work: ChunkWork, lines: ScanChunk): Promise<PlannedChunk | undefined> {
  const { load, header, chunk, scan } = work;
  const after = { startOffset: lines.endOffset, startLine: lines.endLine, endOffset: chunk.endOffset };
  const isRange = chunk.endOffset !== undefined;
  const rest = isRange && lines.endOffset !== chunk.endOffset;
  const whole = !isRange && scan.done;
  const end = chunk.endOffset ?? load.object.size;
  if (scan.done && lines.endOffset !== end)
    throw new StrataError(
      'invariant',
      `chunk ${chunk.number} of load ${load.loadId} ends at byte ${lines.endOffset}, not at ${end}; nothing was kept`,
    );
  await transaction.execute(
    `update gear.load_chunks
     set rows_staged = rows_staged + ?, rows_quarantined = rows_quarantined + ?,
       ${rest ? 'start_offset = ?, start_line = ?' : `end_offset = ?, state = 'staged', committed_at = utc_timestamp(6)`}
     where load_id = ? and chunk_number = ?`,
    [lines.rows, lines.rejects.length, lines.endOffset, ...(rest ? [lines.endLine] : []), load.loadId, chunk.number],
  );
  const cut = lines.rejects.some(({ reasons }) => reasons.includes('row_too_long'));
  await transaction.execute(
    `update gear.loads
     set rows_staged = rows_staged + ?, rows_quarantined = rows_quarantined + ?, bytes_read = bytes_read + ?, move_source = move_source or ?,
       header = ?${whole ? `, state = 'staged', staged_at = utc_timestamp(6)` : ''}
     where load_id = ?`,
    [lines.rows, lines.rejects.length, lines.endOffset - chunk.startOffset, cut, JSON.stringify(header), load.loadId],
  );
  if (load.header === undefined && chunk.number === 0) await beginContract(transaction, load, work.contract);
  await forgetPlaces(transaction, load, header);
  if (rest) return { number: chunk.number, ...after };
  if (isRange) await stageWhenComplete(transaction, load.loadId);
  if (isRange || whole) return undefined;
  const next = { number: chunk.number + 1, ...after };
  await insertChunks(transaction, load.loadId, [next]);
  return next;
}

/** Notes by which contract the rows of a load are checked, with its header. */
export async function beginContract(transaction: Transaction, { loadId }: Load, contract: string): Promise<void> {
  await transaction.execute('insert into gear.load_contracts (load_id, contract) values (?, ?)', [loadId, contract]);
}

/** Rows that don't tell where they stood come behind all those of the load in whose quarantine they lie. */
export async function forgetPlaces(transaction: Transaction, load: Load, header: readonly string[]): Promise<void> {
  if (load.firstLoadId !== undefined && !header.includes(replayedRow.column))
    await transaction.execute('delete from gear.replays where load_id = ?', [load.loadId]);
}

export async function insertChunks(transaction: Transaction, loadId: number, chunks: readonly PlannedChunk[]): Promise<void> {
  await transaction.execute(
    `insert into gear.load_chunks (load_id, chunk_number, start_offset, start_line, end_offset) values ${chunks.map(() => '(?, ?, ?, ?, ?)').join(', ')}`,
    chunks.flatMap(({ number, startOffset, startLine, endOffset }) => [loadId, number, startOffset, startLine, endOffset ?? null]),
  );
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
