import { condition } from '@temporalio/workflow';
import type { PickupCarried, PickupInput } from '../../contracts/workflows.js';
import { control, profiles } from '../activity-profiles.js';

/** Milliseconds from the first staged load to the first news; later ones take as long as the pickup is old, so that they stay few. */
const soonest = 2_000;
/** A starter that has waited longer than this may be gone. */
const starterWaits = 30_000;

/**
 * Tells `followArrivals` of what a pickup stages: while it goes on, so that files don't wait for a large or a stuck one, and at its
 * end. A pickup whose starter waits for it and does the rest itself (`wait`, a backfill) has no news.
 */
export class StagedLoadsNotifier {
  private readonly since: number;
  private seen: number;
  private news = false;
  private isOver = false;
  private telling: Promise<void> | undefined;

  constructor(
    private readonly input: PickupInput,
    { counts, since }: Pick<PickupCarried, 'counts' | 'since'>,
  ) {
    this.seen = counts.staged;
    this.since = since;
  }

  /** So many loads of this pickup have been staged by now. */
  see(staged: number): void {
    if (staged === this.seen) return;
    this.seen = staged;
    const { wait, source } = this.input;
    if (wait || source) return;
    this.news = true;
    // A cancellation reaches the pickup by itself.
    this.telling ??= this.tellWhileItLasts().catch(() => undefined);
  }

  /** The last news, where the starter does not learn them by this run's result. */
  async end({ isContinued = false } = {}): Promise<void> {
    this.isOver = true;
    await this.telling;
    const isExpected = this.input.followed && !isContinued && Date.now() - this.since < starterWaits;
    if (this.news && !isExpected) await this.tell();
  }

  private async tellWhileItLasts(): Promise<void> {
    for (;;) {
      const pause = Math.max(soonest, Date.now() - this.since);
      if (await condition(() => this.isOver, pause)) return;
      if (this.news) await this.tell();
      await condition(() => this.news || this.isOver);
    }
  }

  /** Schedules catch up on news that nobody takes. */
  private async tell(): Promise<void> {
    this.news = false;
    const { pipeline, feed } = this.input;
    await control.signalStagedLoads.executeWithOptions({ ...profiles.control, summary: `${feed}: loads are staged` }, [{ pipeline, feed }]);
  }
}
