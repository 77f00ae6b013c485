import { Readable } from 'node:stream';
import { dictionaryName } from '../../engine/names.js';
import type { AppendRows } from '../../engine/append/append-rows.js';
import { loadRunStatement } from '../../engine/append/load-run.js';
import { copiesOf, ownRows, type StoredRows } from '../../engine/append/stored-rows.js';
import type { Entity } from '../../engine/entities/entity.js';
import type { ReadLimit, RowChunk } from '../../engine/read/row-reader.js';
import type { Transaction } from '../../engine/warehouse.js';
import { beginRun } from '../../gear/append/append-runs.js';
import { giveIds } from '../../gear/append/dictionaries.js';
import { noteCopied } from '../../gear/append/run-copies.js';
import { keepLines, lockChunk, type PlannedChunk } from '../../gear/loads/chunks.js';
import type { ReadHeader } from '../../gear/loads/contracts.js';
import type { Load } from '../../gear/loads/load-row.js';
import { quarantineRejects } from '../../gear/loads/quarantine.js';
import { checkEnd, checkTaken, limitOf } from '../landing/chunk-bounds.js';
import type { LandDeps } from '../landing/land-deps.js';
import type { ObjectRows } from '../landing/object-rows.js';

/** Milliseconds. */
const reportInterval = 500;

export interface RunWork extends ReadHeader {
  readonly load: Load;
  readonly entity: Entity;
  readonly chunk: PlannedChunk;
  readonly rows: AppendRows;
  readonly source: ObjectRows;
  readonly limit: ReadLimit;
}

/**
 * Appends a run up to the limit: reads it, gives ids to values that are new, then commits its rows and their copies, its rejects, its own row and what is to
 * be landed next together. Returns what this stream goes on with, if anything. The rows are in memory, so the transaction can be tried again;
 * a duplicate attempt that committed in the meantime makes it fail as `contention`, and the retry goes on behind what is there.
 */
export async function appendRun(deps: LandDeps, work: RunWork, report: () => void, signal: AbortSignal): Promise<PlannedChunk | undefined> {
  const { entity, rows, source } = work;
  rows.clear();
  const chunk = source.reader.chunk(limitOf(work));
  await readAll(chunk, source, report);
  checkEnd(work.load, work.chunk, source, chunk);
  for (const [column, dictionary] of rows.dictionaries)
    dictionary.learn(await giveIds(deps.warehouse, dictionaryName(entity.tables.bulk, column), dictionary.unknown(), { signal }));
  const bytes = source.bytesOf(work.chunk.startOffset, chunk.endOffset);
  return deps.warehouse.transaction((transaction) => commit(transaction, { ...work, lines: chunk, bytes }, report), { signal });
}

/** Its rows stay in memory, so nothing comes of its lines; says how far it is whenever bytes came. */
async function readAll(chunk: RowChunk, source: ObjectRows, report: () => void): Promise<void> {
  let seen = source.bytes;
  const timer = setInterval(() => {
    if (source.bytes !== seen) report();
    seen = source.bytes;
  }, reportInterval);
  try {
    await chunk.lines().next();
  } finally {
    clearInterval(timer);
  }
  report();
}

async function commit(
  transaction: Transaction,
  work: RunWork & { readonly lines: RowChunk; readonly bytes: number },
  report: () => void,
): Promise<PlannedChunk | undefined> {
  const { load, entity, chunk, rows, source, header, contract, lines, bytes } = work;
  const { pipeline, loadId } = load;
  await lockChunk(transaction, loadId, chunk, contract);
  if (rows.rows > 0) {
    const run = await beginRun(transaction, { pipeline, entity: entity.name, loadId, rows: rows.rows, chunkNumber: chunk.number });
    const store = async (stored: StoredRows) => {
      const written = Readable.from(reporting(rows.lines(stored), report), { objectMode: false });
      checkTaken(load, chunk, rows.rows, await transaction.loadData(loadRunStatement(stored), written, [run]));
    };
    await store(ownRows(entity));
    for (const copy of copiesOf(entity)) {
      await store(copy);
      await noteCopied(transaction, run, copy);
    }
  }
  await quarantineRejects(transaction, load, lines.rejects);
  return keepLines(transaction, load, chunk, {
    header,
    contract,
    rows: rows.rows,
    rejects: lines.rejects.length,
    endOffset: lines.endOffset,
    endLine: lines.endLine,
    bytes,
    enrichments: [],
    isLast: source.reader.done,
    isCut: lines.rejects.some(({ reasons }) => reasons.includes('row_too_long')),
  });
}

/** Shows signs of life while the server takes the rows. */
function* reporting(lines: Iterable<Buffer>, report: () => void): Generator<Buffer, void, undefined> {
  for (const line of lines) {
    report();
    yield line;
  }
}
