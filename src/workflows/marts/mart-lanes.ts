import type { MartStep } from '../../contracts/activities/marts.js';
import type { MartCounts } from '../../contracts/workflows.js';
import { refreshStale, refreshOne, type Refreshing } from './refresh-marts.js';

/**
 * Keeps the marts of a pipeline up to date while batches keep coming. A pass over the stale marts does the small work at once. Large marts
 * wait for a lane, and then take in everything that has come up. So a small batch waits only for marts that are being refreshed, and not
 * for all marts that a large batch made stale.
 */
export class MartLanes {
  /** There are batches that no pass has seen. */
  unseen = false;
  /** The pipeline has a processed bucket, which may lack rows of marts that were refreshed. */
  unwritten = false;
  private isPassing = false;
  /** Marts that get an activity each, at work or waiting for one, in the order in which they came up. */
  private readonly steps: (MartStep & { atWork: boolean; leftOut: boolean })[] = [];

  constructor(
    private readonly refreshing: Refreshing,
    private readonly refreshed: (marts: Readonly<Record<string, MartCounts>>) => void,
  ) {}

  get isIdle(): boolean {
    return !this.unseen && !this.isPassing && this.steps.length === 0;
  }

  /** There is work that has not begun. */
  get isWanted(): boolean {
    return this.unseen || this.steps.some(({ atWork }) => !atWork);
  }

  /** A mart waits for a lane, and for no other mart. */
  get hasNext(): boolean {
    return this.next !== undefined;
  }

  /** One pass: refreshes what is little work, and lines up the rest. */
  async refreshStale(): Promise<void> {
    for (const step of this.steps) step.leftOut = true;
    this.unseen = false;
    this.isPassing = true;
    const together = await refreshStale(
      this.refreshing,
      this.steps.map(({ mart }) => mart),
    );
    this.isPassing = false;
    if (!together) return;
    this.unwritten ||= together.hasProcessed ?? false;
    this.refreshed(together.marts);
    this.steps.push(...together.left.map((step) => ({ ...step, atWork: false, leftOut: false })));
  }

  async refreshNext(): Promise<void> {
    const step = this.next;
    if (!step) return;
    step.atWork = true;
    const counts = await refreshOne(this.refreshing, step.mart);
    this.steps.splice(this.steps.indexOf(step), 1);
    if (counts) this.refreshed({ [step.mart]: counts });
    // A pass left the mart out while it was being refreshed, and that refresh may have missed the batches of the pass. So may marts that
    // read it.
    if (step.leftOut) this.unseen = true;
  }

  private get next() {
    return this.steps.find(({ atWork, after }) => !atWork && !this.steps.some(({ mart }) => after.includes(mart)));
  }
}
