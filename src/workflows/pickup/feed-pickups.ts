import { condition } from '@temporalio/workflow';
import { endedFiles } from '../../contracts/workflows.js';
import { sumOfPickups } from './pickup-counts.js';
import { landedEvent, pickupInChild } from './pickup-in-child.js';
import type { Publish } from '../report/progress.js';
import type { LiveReport } from '../report/run-report.js';

/** When a pickup has run this long, because of a large or a stuck file, another one starts beside it for new files. */
const otherAfter = '2 seconds';
const atOnce = 4;

/** Runs the pickups of one feed: one at a time, as long as they are short. */
export class FeedPickups {
  /** Something arrived since the last pickup began. */
  wanted = false;
  running = 0;
  private begun = 0;

  constructor(
    private readonly pipeline: string,
    private readonly feed: string,
    private readonly report: LiveReport,
    private readonly publish: Publish,
    private readonly ended: (staged: boolean) => void,
  ) {}

  /** Starts a pickup whenever one is wanted. Never ends. */
  async follow(isClosing: () => boolean): Promise<void> {
    for (;;) {
      await condition(() => this.wanted && this.running < atOnce && !isClosing());
      this.wanted = false;
      let hasEnded = false;
      void this.pickUp().finally(() => (hasEnded = true));
      await condition(() => hasEnded || this.wanted);
      if (!hasEnded) await condition(() => hasEnded, otherAfter);
    }
  }

  /** Never fails. A cancellation reaches the workflow by itself. */
  private async pickUp(): Promise<void> {
    const { pipeline, feed, report } = this;
    this.running += 1;
    this.begun += 1;
    try {
      const input = { pipeline, feed, source: { kind: 'feed' }, starter: { kind: 'arrivals' } } as const;
      const counts = await pickupInChild(input, { failures: report.failures, name: this.begun });
      if (counts) {
        const sum = sumOfPickups(report.current.pickups[feed], counts);
        report.update({ pickups: { ...report.current.pickups, [feed]: sum } });
        // A pickup that found nothing is not told.
        if (endedFiles(counts) > 0)
          this.publish({ ...landedEvent(feed, sum), items: endedFiles(sum), totalItems: endedFiles(sum), done: false });
        this.ended(counts.staged > 0);
      }
    } catch {
      // Cancelled.
    } finally {
      this.running -= 1;
      report.update({});
    }
  }
}
