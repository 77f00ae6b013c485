import { isIgnoredName } from '../../engine/read/extra-columns.js';
import { derivationsOf } from '../../engine/read/fields/derivation.js';
import { StrataError } from '../../engine/strata-error.js';
import { columnNames, contractOf } from './file-columns.js';
import { landChunk } from './land-chunk.js';
import type { LandDeps } from './land-deps.js';
import type { PlannedChunk } from '../../gear/loads/chunks.js';
import { shownKey, type Load } from '../../gear/loads/load-row.js';
import { stagedRows } from '../../gear/loads/landed-rows.js';
import type { KnownFeed } from '../pipeline-set.js';
import { ObjectRows } from './object-rows.js';
import { refuseFile } from './refuse-file.js';
import type { ActivityScope } from '../run-activity.js';

const defaultChunkBytes = 64 << 20;
/** Rejects are held in memory until their chunk commits. */
const maxRejectBytes = 8 << 20;

/**
 * Lands the rows of one stream, in as many commits as it takes: the range `first`, or everything from there to the object's end.
 * Throws ObjectChangedError when the object is no longer the load's version, ColumnsChangedError when the feed's columns are not.
 */
export async function landStream(
  deps: LandDeps,
  { load, feed, staging }: KnownFeed & { readonly load: Load },
  first: PlannedChunk,
  scope: ActivityScope,
): Promise<void> {
  // Another worker committed the first chunk between two of our queries, so the header that was read does not belong to this chunk.
  if (first.startOffset > 0 && !load.header) throw new StrataError('contention', `load ${load.loadId} is being landed by another worker`);
  const contract = contractOf(load, feed);
  const derivations = derivationsOf(contract, deps.enrichments);
  const rows = await ObjectRows.open(deps.stores, load, contract, { derivations }, first, scope.signal);
  const limit = { bytes: deps.chunkBytes ?? defaultChunkBytes, rejectBytes: maxRejectBytes };
  try {
    let header = load.header;
    if (!header) {
      const outcome = await rows.reader.readHeader();
      if (outcome.kind === 'bad_header') return await refuseFile(deps.warehouse, { load, rows: stagedRows(staging) }, outcome, scope);
      header = columnNames(outcome, contract);
      const ignored = header.filter(isIgnoredName).length;
      if (ignored > 0)
        scope.log.warn(`load ${load.loadId} of feed ${load.feed}: columns of the file that the feed does not have and ignores: ${ignored}`);
    }
    for (let chunk: PlannedChunk | undefined = first; chunk;)
      chunk = await landChunk(
        deps.warehouse,
        { load, feed, staging, header, contract: contract.checksum, chunk, rows, derivations, limit },
        () => report(load, first, rows, scope),
        scope.signal,
      );
  } finally {
    await rows.close();
  }
}

/** Reports how many bytes and rows of the object are landed: those that were committed when this activity began, and its own. */
export function report({ feed, object, result }: Load, { number, endOffset }: PlannedChunk, rows: ObjectRows, scope: ActivityScope): void {
  const subject = shownKey(object.key);
  scope.report({
    phase: 'landing',
    feed,
    subject,
    message: `landing ${subject}`,
    rows: result.rowsStaged + rows.reader.rowsRead,
    bytes: rows.bytes,
    totalBytes: object.size,
    committed: { rows: result.rowsStaged, bytes: result.bytes },
    ...(endOffset !== undefined && { range: number }),
  });
}
