import type { AdditiveMerge } from '../../engine/additive/additive-merge.js';
import type { Transaction, Warehouse } from '../../engine/warehouse.js';
import { addGroups, isCurrent, noteRefreshed, rebuildGroups, rowsAtOnce } from '../../gear/additive/add-load.js';
import { behindLastCell, CellRanges } from '../../gear/additive/cell-ranges.js';
import {
  isVisible,
  lockMerge,
  runsOf,
  saveMerge,
  showLoad,
  type EntityRef,
  type MergeState,
  type Runs,
} from '../../gear/additive/merge-state.js';

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
 * transactions. Each transaction adds a range of cells and notes how far the load has come, so that whatever dies, every row is added
 * once. A load that stopped halfway is added first, whoever comes: nothing waits for it to be tried again. Repeating it is harmless.
 */
export async function publishAppendLoad(
  warehouse: Warehouse,
  merges: readonly AdditiveMerge[],
  load: AppendLoad,
  options: PublishOptions = {},
): Promise<void> {
  const own = merges.filter(({ pipeline, entity }) => pipeline === load.pipeline && entity === load.entity);
  const work = new PublishWork(own, load, options);
  while (!(await warehouse.transaction((transaction) => work.step(transaction), { signal: options.signal })));
}

class PublishWork {
  /** Of the load that is being added: what its ranges so far have taught. */
  private ranges: { readonly loadId: string; readonly of: CellRanges } | undefined;

  constructor(
    private readonly merges: readonly AdditiveMerge[],
    private readonly load: AppendLoad,
    private readonly options: PublishOptions,
  ) {}

  /** Adds one range of cells; true once the load shows. */
  async step(transaction: Transaction): Promise<boolean> {
    const state = await lockMerge(transaction, this.load);
    if (await isVisible(transaction, this.load.loadId)) return true;
    const loadId = state.loadId ?? this.load.loadId;
    await this.rebuildStale(transaction, state);
    const of = await runsOf(transaction, this.load, loadId);
    const from = state.nextCell;
    const end = (await this.rangesOf(loadId, of)?.endOf(transaction, from)) ?? behindLastCell;
    for (const merge of this.merges) {
      this.options.onStep?.(`adding to ${merge.target}`);
      await addGroups(transaction, merge, of, { from, end }, loadId);
    }
    if (end < behindLastCell) await saveMerge(transaction, this.load, loadId, end);
    else {
      for (const merge of this.merges) await noteRefreshed(transaction, merge);
      await showLoad(transaction, this.load, loadId);
    }
    return end === behindLastCell && loadId === this.load.loadId;
  }

  /** None where there is nothing to add to. */
  private rangesOf(loadId: string, of: Runs): CellRanges | undefined {
    const [first] = this.merges;
    if (first && this.ranges?.loadId !== loadId)
      this.ranges = { loadId, of: new CellRanges(first.source, of, this.options.rowsAtOnce ?? rowsAtOnce) };
    return this.ranges?.of;
  }

  /** A mart that is new or whose SQL has changed must hold what came before. */
  private async rebuildStale(transaction: Transaction, state: MergeState): Promise<void> {
    for (const merge of this.merges) {
      if (await isCurrent(transaction, merge)) continue;
      await rebuildGroups(transaction, merge, state, (step) => this.options.onStep?.(`${merge.target}: ${step}`));
    }
  }
}
