import type { ReadLimit, RowChunk } from '../../engine/read/row-reader.js';
import { StrataError } from '../../engine/strata-error.js';
import type { ExecuteResult } from '../../engine/warehouse.js';
import type { PlannedChunk } from '../../gear/loads/chunks.js';
import type { Load } from '../../gear/loads/load-row.js';
import type { ObjectRows } from './object-rows.js';

/** The byte at which a commit of a chunk ends at the latest. A range never ends after its own end. */
export function limitOf({ chunk, limit }: { readonly chunk: PlannedChunk; readonly limit: ReadLimit }): ReadLimit {
  return chunk.endOffset === undefined ? limit : { ...limit, bytes: Math.min(limit.bytes, chunk.endOffset - chunk.startOffset) };
}

/** Throws `invariant` if the rows of the chunk don't end where they should. */
export function checkEnd(load: Load, chunk: PlannedChunk, rows: ObjectRows, { endOffset }: RowChunk): void {
  // The rows of a decoded object have their places in its text, whose length is known only now.
  const end = rows.isDecoded ? endOffset : (chunk.endOffset ?? load.object.size);
  if (rows.reader.done && endOffset !== end)
    throw new StrataError(
      'invariant',
      `chunk ${chunk.number} of load ${load.loadId} ends at byte ${endOffset}, not at ${end}. Nothing was kept`,
    );
}

/** Throws `invariant` if the server took more or fewer rows than were sent, or gave warnings. */
export function checkTaken(load: Load, chunk: PlannedChunk, sent: number, { affectedRows, warnings }: ExecuteResult): void {
  if (affectedRows === sent && warnings === 0) return;
  throw new StrataError(
    'invariant',
    `chunk ${chunk.number} of load ${load.loadId}: ${sent} rows were sent, but the server took ${affectedRows} with ${warnings} warnings. Nothing was kept. Run: strata doctor`,
  );
}
