import { Readable } from 'node:stream';
import { keptColumn } from '../../engine/read/format.js';
import type { Derivation } from '../../engine/read/fields/derivation.js';
import type { ReadLimit, RowChunk } from '../../engine/read/row-reader.js';
import { leadingColumns, stagingFormat } from '../../engine/read/staging-format.js';
import { qualifiedName } from '../../engine/sql/create-table.js';
import { columnList, identifier } from '../../engine/sql/identifier.js';
import type { Warehouse } from '../../engine/warehouse.js';
import { checkEnd, checkTaken, limitOf } from './chunk-bounds.js';
import { stagedColumns } from './file-columns.js';
import type { ObjectRows } from './object-rows.js';
import { keepLines, lockChunk, type PlannedChunk } from '../../gear/loads/chunks.js';
import type { ReadHeader } from '../../gear/loads/contracts.js';
import type { Load } from '../../gear/loads/load-row.js';
import { quarantineRejects } from '../../gear/loads/quarantine.js';
import type { KnownFeed } from '../pipeline-set.js';

export interface ChunkWork extends ReadHeader, KnownFeed {
  readonly load: Load;
  readonly chunk: PlannedChunk;
  readonly rows: ObjectRows;
  readonly derivations: readonly Derivation[];
  readonly limit: ReadLimit;
}

/**
 * Lands a chunk up to the limit in one transaction: its rows, its rejects, its row in gear.load_chunks, and the next planned chunk or the
 * load's new state. Returns the next chunk of this stream, if there is one. Throws `contention` if a duplicate attempt has committed in
 * the meantime: the retry goes on after what that attempt landed.
 */
export async function landChunk(
  warehouse: Warehouse,
  work: ChunkWork,
  report: () => void,
  signal: AbortSignal,
): Promise<PlannedChunk | undefined> {
  const { load, chunk, rows: source, derivations, contract, header } = work;
  // The stream can be read once, so the transaction is tried once; the activity's retry reads the object again from here.
  return warehouse.transaction(
    async (transaction) => {
      await lockChunk(transaction, load.loadId, chunk, contract);
      const lines = source.reader.chunk(limitOf(work));
      const loaded = await transaction.loadData(loadStatement(work), Readable.from(withProgress(lines, report), { objectMode: false }), [
        load.loadId,
      ]);
      checkTaken(load, chunk, lines.rows, loaded);
      checkEnd(load, chunk, source, lines);
      const { rows, rejects, endOffset, endLine } = lines;
      await quarantineRejects(transaction, load, rejects);
      const isCut = rejects.some(({ reasons }) => reasons.includes('row_too_long'));
      return keepLines(transaction, load, chunk, {
        header,
        contract,
        rows,
        rejects: rejects.length,
        endOffset,
        endLine,
        bytes: source.bytesOf(chunk.startOffset, endOffset),
        enrichments: derivations.map(({ name, by, version }) => ({ column: name, enrichment: by, version })),
        isLast: source.reader.done,
        isCut,
      });
    },
    { signal, attempts: 1 },
  );
}

/** An optional column that the file lacks is empty in each row. */
function loadStatement({ feed, staging, header, derivations }: ChunkWork): string {
  const keeps = keptColumn(feed.format);
  const columns = [...stagedColumns(header), ...derivations.map(({ name }) => name), ...(keeps === undefined ? [] : [keeps])];
  const lacking = feed.columns.filter(({ name, optional }) => optional && !header.includes(name));
  const empty = lacking.map(({ name }) => `, ${identifier(name)} = ''`).join('');
  return `load data local infile 'strata' into table ${qualifiedName(staging)} ${stagingFormat}
  (${columnList([...leadingColumns, ...columns])}) set load_id = ?${empty}`;
}

/** Reports how far the object is while the server pulls. */
async function* withProgress(chunk: RowChunk, report: () => void): AsyncGenerator<Buffer> {
  for await (const lines of chunk.lines()) {
    report();
    yield lines;
  }
}
