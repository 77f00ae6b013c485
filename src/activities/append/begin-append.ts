import { createHash, type Hash } from 'node:crypto';
import type { FeedDefinition } from '../../engine/definition/types.js';
import type { Entity } from '../../engine/entities/entity.js';
import { planRanges } from '../../engine/read/csv/plan-ranges.js';
import { isPlain } from '../../engine/read/decode/decode.js';
import { beginAppend, DuplicateFileError } from '../../gear/append/append-loads.js';
import type { Load } from '../../gear/loads/load-row.js';
import { divide, whileClaimed, type DividedLoad } from '../../gear/loads/load-states.js';
import type { LandedRows } from '../../gear/loads/landed-rows.js';
import { dividedLoad } from '../landing/divided-load.js';
import { contractOf } from '../landing/file-columns.js';
import type { LandDeps } from '../landing/land-deps.js';
import { refuseFile } from '../landing/refuse-file.js';
import type { ActivityScope } from '../run-activity.js';

/** Of the file, that one run holds at most: some 40 bytes of memory for each 130 of trips. The larger, the fewer a query looks into. */
export const defaultRunBytes = 128 << 20;

/** The least that a range of a file has: a large one comes to runs of the full size, one of a few runs still to four ranges. */
export function leastRange(size: number, runBytes = defaultRunBytes): number {
  return Math.min(runBytes, Math.max(runBytes / 4, size / 4));
}

export interface AppendBeginning {
  readonly load: Load;
  readonly feed: FeedDefinition;
  readonly entity: Entity;
  readonly rows: LandedRows;
  /** Undefined: the file is landed in one range. */
  readonly rangeBytes: number | undefined;
}

/**
 * Reads a file once before any row of it is appended: its hash tells whether the same bytes were loaded before, which refuses it, and its
 * ranges are found on the way. Those of a packed file can't be: it is landed as one stream.
 */
export async function beginAppendLoad(deps: LandDeps, beginning: AppendBeginning, scope: ActivityScope): Promise<void> {
  const { load, feed, entity, rows } = beginning;
  const hash = createHash('sha256');
  const plan = await firstPass(deps, beginning, hash, scope);
  if (plan?.kind === 'bad_header') return refuseFile(deps.warehouse, { load, rows }, plan, scope);
  const divided: DividedLoad | undefined = plan && dividedLoad(load, feed, plan);
  const sha256 = hash.digest();
  try {
    await whileClaimed(deps.warehouse, load.loadId, scope, async (transaction) => {
      await beginAppend(transaction, load, { entity: entity.name, sha256 });
      if (divided) await divide(transaction, load, divided);
    });
  } catch (error) {
    if (!(error instanceof DuplicateFileError)) throw error;
    const refusal = { reason: 'duplicate_file', lineNumber: 1, raw: Buffer.alloc(0), problem: error.message } as const;
    await refuseFile(deps.warehouse, { load, rows }, refusal, scope);
  }
}

async function firstPass(deps: LandDeps, { load, feed, rangeBytes }: AppendBeginning, hash: Hash, scope: ActivityScope) {
  const contract = contractOf(load, feed);
  const source = await deps.stores.open(load.storeUrl).read(load.object, { start: 0, signal: scope.signal });
  try {
    if (isPlain(contract.coding))
      return await planRanges(contract, hashed(source as AsyncIterable<Uint8Array>, hash), rangeBytes ?? Infinity);
    for await (const part of source as AsyncIterable<Uint8Array>) hash.update(part);
    return undefined;
  } finally {
    source.destroy();
  }
}

async function* hashed(source: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const bytes of source) {
    hash.update(bytes);
    yield bytes;
  }
}
