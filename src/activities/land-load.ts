import { Readable } from 'node:stream';
import type { LandResult } from '../contracts/activities.js';
import type { FeedDefinition } from '../engine/definition/types.js';
import { ObjectChangedError, type ObjectStore } from '../engine/object-store.js';
import { compileContract } from '../engine/scan/contract.js';
import { ObjectScan } from '../engine/scan/object-scan.js';
import { StrataError } from '../engine/strata-error.js';
import type { Warehouse } from '../engine/warehouse.js';
import { commitChunk, plannedChunk, type PlannedChunk } from './land-chunk.js';
import { readLoad, shownKey, type Load } from './load-row.js';
import { dropHalfRead, refuseLoad } from './refuse-load.js';
import { feedOf, type PipelineSet } from './pipeline-set.js';
import type { ActivityScope } from './run-activity.js';
import type { Stores } from './stores.js';

export interface LandDeps {
  readonly warehouse: Warehouse;
  readonly pipelines: PipelineSet;
  readonly stores: Stores;
  /** Bytes of a chunk: what a worker's death costs at most. */
  readonly chunkBytes?: number;
}

const defaultChunkBytes = 64 << 20;
/** Rejects are held in memory until their chunk commits. */
const maxRejectBytes = 8 << 20;

/**
 * Lands one load: object -> scanner -> staging and quarantine, chunk by chunk, each committed with its state. Any attempt,
 * by any worker, goes on after the last committed chunk; a load that is no longer `claimed` is only reported.
 */
export async function landLoad(deps: LandDeps, loadId: number, scope: ActivityScope): Promise<LandResult> {
  const load = await readLoad(deps.warehouse, loadId);
  if (load.state === 'claimed') {
    const feed = feedOf(deps.pipelines, load.pipeline, load.feed);
    try {
      await landChunks(deps, load, feed, scope);
    } catch (error) {
      if (!(error instanceof ObjectChangedError)) throw error;
      await dropHalfRead(deps.warehouse, load, error.change, scope.signal);
    }
  }
  const landed = await readLoad(deps.warehouse, loadId);
  countLanded(landed, scope);
  return { outcome: landed.state === 'claimed' || landed.state === 'processed' ? 'staged' : landed.state, ...landed.result };
}

async function landChunks(deps: LandDeps, load: Load, feed: FeedDefinition, scope: ActivityScope): Promise<void> {
  const store = deps.stores.open(load.storeUrl);
  const first = await plannedChunk(deps.warehouse, load.loadId);
  // Another worker committed the last chunk in the meantime.
  if (!first) return;
  // Its first chunk was committed between the two queries: the header, and so where rows begin, is that of another moment.
  if (first.number > 0 && !load.header) throw new StrataError('contention', `load ${load.loadId} is being landed by another worker`);
  const { scan, source } = await openScan(store, load, feed, first, scope.signal);
  try {
    let header = load.header;
    let chunk = first;
    if (!header) {
      const outcome = await scan.readHeader();
      if (outcome.kind === 'bad_header') return await refuseLoad(deps.warehouse, load, outcome, scope);
      header = outcome.columnOrder.map((index) => feed.columns[index]!.name);
    }
    for (;;) {
      const next = await commitChunk(deps.warehouse, { load, feed, header, chunk, scan, limit: limitOf(deps) }, (bytes, rows) => report(load, bytes, rows, scope), scope.signal);
      if (!next) return;
      chunk = next;
    }
  } finally {
    await scan.close();
    // Ending the iteration of a stream that was not read yet leaves the stream open, and with it a connection to the store.
    source.destroy();
  }
}

/** The scan of what is left of the object; a resumed one knows the header from the first chunk's commit. */
async function openScan(
  store: ObjectStore,
  load: Load,
  feed: FeedDefinition,
  chunk: PlannedChunk,
  signal: AbortSignal,
): Promise<{ readonly scan: ObjectScan; readonly source: Readable }> {
  const contract = compileContract(feed);
  const start = load.header
    ? { offset: chunk.startOffset, line: chunk.startLine, columnOrder: load.header.map((name) => feed.columns.findIndex((column) => column.name === name)) }
    : undefined;
  const isAtEnd = start !== undefined && start.offset >= load.object.size;
  const source = isAtEnd ? Readable.from([]) : await store.read(load.object, { start: start?.offset ?? 0, signal });
  return { scan: new ObjectScan(contract, source as AsyncIterable<Uint8Array>, start), source };
}

function limitOf(deps: LandDeps) {
  return { bytes: deps.chunkBytes ?? defaultChunkBytes, rejectBytes: maxRejectBytes };
}

function report(load: Load, bytes: number, rows: number, scope: ActivityScope): void {
  const subject = shownKey(load.object.key);
  scope.report({ phase: 'landing', feed: load.feed, subject, message: `landing ${subject}`, rows, bytes, totalBytes: load.object.size });
}

function countLanded(load: Load, scope: ActivityScope): void {
  const tags = { pipeline: load.pipeline, feed: load.feed };
  const { rowsStaged, rowsQuarantined, bytes, object } = load.result;
  scope.count('rowsStaged', rowsStaged, tags);
  scope.count('rowsQuarantined', rowsQuarantined, tags);
  scope.count('bytesRead', bytes, tags);
  if (load.state === 'refused') scope.count('filesRefused', 1, tags);
  scope.report({
    phase: 'landing',
    feed: load.feed,
    subject: object,
    message: `${object}: ${load.state}`,
    rows: rowsStaged,
    bytes,
    totalBytes: load.object.size,
    done: true,
  });
}
