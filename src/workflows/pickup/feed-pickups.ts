import { condition, executeChild, ParentClosePolicy, workflowInfo } from '@temporalio/workflow';
import { workflowIds, workflowTypes } from '../../contracts/names.js';
import { noteFailure } from '../report/failure-message.js';
import { counted } from '../../contracts/format-numbers.js';
import { missingFiles, sumOfPickups } from './pickup-counts.js';
import type { pickupFeed } from './pickup-feed.js';
import type { LiveReport } from '../report/run-report.js';
import { attributesOf } from '../../contracts/search-attributes.js';

/** A pickup that has run this long, by a large or a stuck file, gets another one beside it for what arrives meanwhile. */
const otherAfter = '2 seconds';
const atOnce = 4;

/** The pickups of one feed: one at a time, as long as they are short. */
export class FeedPickups {
  /** Something arrived since the last pickup began. */
  wanted = false;
  running = 0;
  private begun = 0;

  constructor(
    private readonly pipeline: string,
    private readonly feed: string,
    private readonly report: LiveReport,
    private readonly ended: (staged: boolean) => void,
  ) {}

  /** Picks up whenever that is wanted; never ends. */
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

  /** Never fails; a cancellation reaches the workflow by itself. */
  private async pickUp(): Promise<void> {
    const { pipeline, feed, report } = this;
    this.running += 1;
    this.begun += 1;
    try {
      const counts = await noteFailure(report.failures, `pickup of ${feed}`, () =>
        executeChild<typeof pickupFeed>(workflowTypes.pickup, {
          workflowId: `${workflowIds.pickup(pipeline, feed)}/${workflowInfo().runId}/${this.begun}`,
          args: [{ pipeline, feed, followed: true }],
          // It outlives this run, as its landings outlive it, and announces itself what it stages.
          parentClosePolicy: ParentClosePolicy.ABANDON,
          typedSearchAttributes: attributesOf({ pipeline, feed }),
          staticSummary: `${feed}: pick up and land`,
        }),
      );
      if (counts) {
        if (counts.failed > 0) report.failures.push(`${feed}: ${counted(counts.failed, 'landing')} failed: ${counts.failures.join('; ')}`);
        const missing = missingFiles({ pipeline, feed }, counts);
        if (missing !== undefined) report.failures.push(missing);
        report.update({ pickups: { ...report.current.pickups, [feed]: sumOfPickups(report.current.pickups[feed], counts) } });
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
