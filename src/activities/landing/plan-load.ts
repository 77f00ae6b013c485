import type { FeedDefinition } from '../../engine/definition/types.js';
import { planRanges, type RangePlan } from '../../engine/read/csv/plan-ranges.js';
import { columnNames, contractOf } from './file-columns.js';
import { beginContract, forgetPlaces, insertChunks, type ReadHeader } from './land-chunk.js';
import type { LandDeps } from './land-deps.js';
import { shownKey, type Load } from '../../gear/loads/load-row.js';
import { refuseLoad, stillClaimed } from './refuse-load.js';
import type { ActivityScope } from '../run-activity.js';

const defaultRangeBytes = 8 << 20;
/** Each range is an activity in the history of its landing. */
const maxRanges = 64;
/** Each takes a connection and a core of the server; their number is a multiple of this, so that none is left to be landed alone. */
export const rangesAtOnce = 4;

/** Bytes of a range for an object of that size; undefined when the object is small enough for one stream. */
export function rangeBytesOf(size: number, least = defaultRangeBytes): number | undefined {
  const most = Math.min(maxRanges, Math.floor(size / least));
  if (most < 2) return undefined;
  const count = most > rangesAtOnce ? most - (most % rangesAtOnce) : most;
  return Math.ceil(size / count);
}

/**
 * Divides an object into ranges that can be landed side by side: one look at all of its bytes finds where rows begin, then header and
 * ranges are committed together, unless a twin has begun to land it in the meantime. A bad header refuses the load.
 * Throws ObjectChangedError when the object is no longer the load's version.
 */
export async function planLoad(deps: LandDeps, load: Load, feed: FeedDefinition, rangeBytes: number, scope: ActivityScope): Promise<void> {
  const subject = shownKey(load.object.key);
  scope.report({ phase: 'landing', feed: load.feed, subject, message: `dividing ${subject} into ranges`, totalBytes: load.object.size });
  const source = await deps.stores.open(load.storeUrl).read(load.object, { start: 0, signal: scope.signal });
  try {
    const contract = contractOf(load, feed);
    const plan = await planRanges(contract, source as AsyncIterable<Uint8Array>, rangeBytes);
    if (plan.kind === 'bad_header') await refuseLoad(deps.warehouse, load, plan, scope);
    else await commitPlan(deps, load, { header: columnNames(plan.columnOrder, contract), contract: contract.checksum }, plan, scope);
  } finally {
    source.destroy();
  }
}

async function commitPlan({ warehouse }: LandDeps, load: Load, read: ReadHeader, plan: RangePlan, scope: ActivityScope): Promise<void> {
  const ranges = plan.starts.map(({ offset, line }, number) => ({
    number,
    startOffset: offset,
    startLine: line,
    endOffset: plan.starts[number + 1]?.offset ?? plan.end,
  }));
  await warehouse.transaction(async (transaction) => {
    if (!(await stillClaimed(transaction, load.loadId))) return;
    const [row] = await transaction.query('select load_id from gear.loads where load_id = ? and header is null', [load.loadId]);
    if (!row) return;
    await transaction.execute('delete from gear.load_chunks where load_id = ?', [load.loadId]);
    await insertChunks(transaction, load.loadId, ranges);
    await transaction.execute('update gear.loads set header = ?, bytes_read = ? where load_id = ?', [
      JSON.stringify(read.header),
      plan.starts[0]!.offset,
      load.loadId,
    ]);
    await beginContract(transaction, load, read.contract);
    await forgetPlaces(transaction, load, read.header);
  }, scope);
}
