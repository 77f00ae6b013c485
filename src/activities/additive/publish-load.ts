import type { AdditiveMerge } from '../../engine/additive/additive-merge.js';
import type { Transaction, Warehouse } from '../../engine/warehouse.js';
import { addGroups, isCurrent, lanesOf, noteRefreshed, rebuildGroups, rowsAtOnce, type Lane } from '../../gear/additive/add-load.js';
import { behindLastCell, CellRanges } from '../../gear/additive/cell-ranges.js';
import { areLanesDone, lockLane, saveLane } from '../../gear/additive/merge-lanes.js';
import { beginMerge, isVisible, lockMerge, runsOf, showLoad, type EntityRef } from '../../gear/additive/merge-state.js';

export interface AppendLoad extends EntityRef {
  readonly loadId: string;
}

export interface PublishOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called before each statement that may take long. */
  readonly onStep?: ((step: string) => void) | undefined;
  /** Rows whose groups are added in one transaction. */
  readonly rowsAtOnce?: number | undefined;
}

/**
 * Adds a complete load's groups to the additive marts of its entity, then lets its rows and its groups show, in the last of its
 * transactions. Marts that have nothing in common grow side by side, each on a connection of its own. Each transaction adds a range of cells
 * and notes how far the load has come, so that whatever dies, every row is added once. A load that stopped halfway is added first, whoever
 * comes: nothing waits for it to be tried again. Repeating it is harmless.
 */
export async function publishAppendLoad(
  warehouse: Warehouse,
  merges: readonly AdditiveMerge[],
  load: AppendLoad,
  options: PublishOptions = {},
): Promise<void> {
  const own = merges.filter(({ pipeline, entity }) => pipeline === load.pipeline && entity === load.entity);
  const lanes = lanesOf(own);
  for (let next = await begin(warehouse, load, options); next !== undefined; next = await begin(warehouse, load, options)) {
    await addToLanes(warehouse, lanes, { ...load, loadId: next }, options);
    await show(warehouse, lanes, { ...load, loadId: next }, options);
  }
}

/** The load that is to be added now: one that stopped halfway, or this one; undefined once this one shows. */
function begin(warehouse: Warehouse, load: AppendLoad, { signal }: PublishOptions): Promise<string | undefined> {
  return warehouse.transaction(
    async (transaction) => {
      const { loadId } = await lockMerge(transaction, load);
      if (await isVisible(transaction, load.loadId)) return undefined;
      if (loadId === undefined) await beginMerge(transaction, load, load.loadId);
      return loadId ?? load.loadId;
    },
    { signal },
  );
}

/** A lane that fails stops the others: what they have committed stays. */
async function addToLanes(warehouse: Warehouse, lanes: readonly Lane[], load: AppendLoad, options: PublishOptions): Promise<void> {
  const failed = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, failed.signal]) : failed.signal;
  const { rows, runs } = await runsOf(warehouse, load, load.loadId);
  // Lanes that read the same table take the same ranges.
  const sources = new Set(lanes.flatMap(({ merges }) => merges.map(({ source }) => source)));
  const ranges = new Map([...sources].map((source) => [source, new CellRanges(source, { rows, runs }, options.rowsAtOnce ?? rowsAtOnce)]));
  const ended = await Promise.allSettled(
    lanes.map(async (lane) => {
      try {
        const work = new LaneWork(lane, load, ranges.get(lane.merges[0]!.source)!, options);
        while (await warehouse.transaction((transaction) => work.step(transaction), { signal }));
      } catch (error) {
        failed.abort(error);
        throw error;
      }
    }),
  );
  options.signal?.throwIfAborted();
  if (failed.signal.aborted) throw failed.signal.reason;
  for (const each of ended) if (each.status === 'rejected') throw each.reason;
}

class LaneWork {
  constructor(
    private readonly lane: Lane,
    private readonly load: AppendLoad,
    private readonly ranges: CellRanges,
    private readonly options: PublishOptions,
  ) {}

  /** Adds one range of cells to each mart of the lane; false once there is nothing left to add. */
  async step(transaction: Transaction): Promise<boolean> {
    const { loadId } = this.load;
    const from = await lockLane(transaction, this.load, this.lane.name, loadId);
    if (from === undefined || from === behindLastCell) return false;
    await this.rebuildStale(transaction);
    const of = await runsOf(transaction, this.load, loadId);
    const end = await this.ranges.endOf(transaction, from);
    for (const merge of this.lane.merges) {
      this.options.onStep?.(`adding to ${merge.target}`);
      await addGroups(transaction, merge, of, { from, end }, loadId);
    }
    await saveLane(transaction, this.load, this.lane.name, end);
    return end < behindLastCell;
  }

  /** A mart that is new or whose SQL has changed must hold what came before. */
  private async rebuildStale(transaction: Transaction): Promise<void> {
    const { merges } = this.lane;
    for (const merge of merges) {
      if (await isCurrent(transaction, merge)) continue;
      await rebuildGroups(transaction, this.lane, merge.target, this.load, this.options.onStep);
    }
  }
}

/** Lets a load show to which nothing is left to be added. Harmless where somebody else has done it. */
async function show(warehouse: Warehouse, lanes: readonly Lane[], load: AppendLoad, { signal }: PublishOptions): Promise<void> {
  await warehouse.transaction(
    async (transaction) => {
      const { loadId } = await lockMerge(transaction, load);
      const names = lanes.map(({ name }) => name);
      if (loadId !== load.loadId || !(await areLanesDone(transaction, load, names))) return;
      for (const merge of lanes.flatMap(({ merges }) => merges)) await noteRefreshed(transaction, merge);
      await showLoad(transaction, load, load.loadId);
    },
    { signal },
  );
}
