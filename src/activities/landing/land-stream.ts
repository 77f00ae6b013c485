import { Readable } from 'node:stream';
import type { FeedDefinition } from '../../engine/definition/types.js';
import type { Contract } from '../../engine/read/contract.js';
import { decode, isPlain } from '../../engine/read/decode/decode.js';
import { ObjectScan } from '../../engine/read/csv/object-scan.js';
import { StrataError } from '../../engine/strata-error.js';
import { columnNames, columnOrder, contractOf, stagedColumns } from './file-columns.js';
import { landChunk } from './land-chunk.js';
import type { LandDeps } from './land-deps.js';
import type { PlannedChunk } from '../../gear/loads/chunks.js';
import { shownKey, type Load } from '../../gear/loads/load-row.js';
import { refuseFile } from './refuse-file.js';
import type { ActivityScope } from '../run-activity.js';

const defaultChunkBytes = 64 << 20;
/** Rejects are held in memory until their chunk commits. */
const maxRejectBytes = 8 << 20;

/**
 * Lands what one stream gives, in as many commits as it takes: the range that `first` is, or else all from there to the object's end.
 * Throws ObjectChangedError when the object is no longer the load's version, ColumnsChangedError when the feed's columns are not.
 */
export async function landStream(
  deps: LandDeps,
  load: Load,
  feed: FeedDefinition,
  first: PlannedChunk,
  scope: ActivityScope,
): Promise<void> {
  // Its first chunk was committed between two queries: the header, and so where rows begin, is that of another moment.
  if (first.startOffset > 0 && !load.header) throw new StrataError('contention', `load ${load.loadId} is being landed by another worker`);
  const contract = contractOf(load, feed);
  const { scan, source } = await openScan(deps, load, contract, first, scope.signal);
  const limit = { bytes: deps.chunkBytes ?? defaultChunkBytes, rejectBytes: maxRejectBytes };
  try {
    let header = load.header;
    if (!header) {
      const outcome = await scan.readHeader();
      if (outcome.kind === 'bad_header') return await refuseFile(deps.warehouse, load, outcome, scope);
      header = columnNames(outcome.columnOrder, contract);
      const ignored = header.length - stagedColumns(header).length;
      if (ignored > 0)
        scope.log.warn(`load ${load.loadId} of feed ${load.feed}: columns of the file that the feed does not have and ignores: ${ignored}`);
    }
    for (let chunk: PlannedChunk | undefined = first; chunk;)
      chunk = await landChunk(
        deps.warehouse,
        { load, feed, header, contract: contract.checksum, chunk, scan, limit },
        () => report(load, scan, scope),
        scope.signal,
      );
  } finally {
    await scan.close();
    // Ending the iteration of a stream that was not read yet leaves the stream open, and with it a connection to the store.
    source.destroy();
  }
}

/** The scan of what is left; one that goes on knows the header from an earlier commit. */
async function openScan(
  { stores }: LandDeps,
  load: Load,
  contract: Contract,
  { startOffset, startLine, endOffset }: PlannedChunk,
  signal: AbortSignal,
): Promise<{ readonly scan: ObjectScan; readonly source: Readable }> {
  const { object } = load;
  const order = columnOrder(load, contract);
  const start = order && { offset: startOffset, line: startLine, columnOrder: order };
  if (!isPlain(contract.coding)) {
    const source = await stores.open(load.storeUrl).read(object, { start: 0, signal });
    return { scan: new ObjectScan(contract, decode(source as AsyncIterable<Uint8Array>, contract.coding, startOffset), start), source };
  }
  const isAtEnd = start !== undefined && start.offset >= object.size;
  const range = { start: startOffset, ...(endOffset === undefined ? {} : { end: endOffset }) };
  const source = isAtEnd ? Readable.from([]) : await stores.open(load.storeUrl).read(object, { ...range, signal });
  return { scan: new ObjectScan(contract, source as AsyncIterable<Uint8Array>, start), source };
}

/** How far the object is, as far as this activity knows: what was committed when it began, and its own part. */
function report({ feed, object, result }: Load, scan: ObjectScan, scope: ActivityScope): void {
  const subject = shownKey(object.key);
  scope.report({
    phase: 'landing',
    feed,
    subject,
    message: `landing ${subject}`,
    rows: result.rowsStaged + scan.rowsRead,
    bytes: result.bytes + scan.bytesRead,
    totalBytes: object.size,
  });
}
