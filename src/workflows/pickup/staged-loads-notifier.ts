import { condition } from '@temporalio/workflow';
import type { PickupCarried, PickupInput } from '../../contracts/workflows.js';
import { control, profiles } from '../activity-profiles.js';

/** Milliseconds from the first staged load to the first signal. Each later interval is as long as the pickup's age, so signals stay few. */
const soonest = 2_000;
/** Milliseconds after which the starter of a pickup may have stopped waiting for it. */
const starterWaits = 30_000;

/**
 * Signals `followArrivals` that a pickup has staged loads, while the pickup runs and at its end. So files don't wait for a large or a stuck
 * file. A pickup of a run signals nothing, because the run processes the loads itself.
 */
export class StagedLoadsNotifier {
  private readonly since: number;
  private seen: number;
  private isDue = false;
  private isOver = false;
  private notifying: Promise<void> | undefined;

  constructor(
    private readonly input: PickupInput,
    { counts, since }: Pick<PickupCarried, 'counts' | 'since'>,
  ) {
    this.seen = counts.staged;
    this.since = since;
  }

  /** Reports how many loads of this pickup are staged by now. */
  see(staged: number): void {
    if (staged === this.seen) return;
    this.seen = staged;
    if (this.input.starter.kind === 'run') return;
    this.isDue = true;
    // A cancellation reaches the pickup by itself.
    this.notifying ??= this.notifyWhileItLasts().catch(() => undefined);
  }

  /** Sends the last signal, unless the starter learns of the loads by the pickup's result. */
  async end({ isContinued = false } = {}): Promise<void> {
    this.isOver = true;
    await this.notifying;
    const isExpected = this.input.starter.kind === 'arrivals' && !isContinued && Date.now() - this.since < starterWaits;
    if (this.isDue && !isExpected) await this.notify();
  }

  private async notifyWhileItLasts(): Promise<void> {
    for (;;) {
      const pause = Math.max(soonest, Date.now() - this.since);
      if (await condition(() => this.isOver, pause)) return;
      if (this.isDue) await this.notify();
      await condition(() => this.isDue || this.isOver);
    }
  }

  /** If nobody takes the signal, the schedules process the loads. */
  private async notify(): Promise<void> {
    this.isDue = false;
    const { pipeline, feed } = this.input;
    await control.signalStagedLoads.executeWithOptions({ ...profiles.control, summary: `${feed}: loads are staged` }, [{ pipeline, feed }]);
  }
}
