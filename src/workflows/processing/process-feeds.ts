import { workflowInfo } from '@temporalio/workflow';
import type { ProgressTarget } from '../../contracts/activities/refs.js';
import type { ProcessResult } from '../../contracts/activities/processing.js';
import type { FeedCounts } from '../../contracts/workflows.js';
import { control, data, profiles } from '../activity-profiles.js';
import { noteFailure } from '../report/failure-message.js';
import { sideBySide } from '../../contracts/side-by-side.js';

const noCounts: FeedCounts = { batches: 0, loads: 0, inserted: 0, updated: 0, unchanged: 0, superseded: 0, outdated: 0, leftOut: 0 };

export interface Processing {
  readonly pipeline: string;
  readonly progress?: ProgressTarget | undefined;
  /** Counts by feed; replaced as batches commit. */
  readonly counts: Record<string, FeedCounts>;
  readonly failures: string[];
  readonly changed: () => void;
}

/** Processes the staged loads of all feeds, feeds side by side. True when a feed stopped early because the history is long. */
export async function processFeeds(processing: Processing, feeds: readonly string[]): Promise<boolean> {
  let more = false;
  await sideBySide(feeds, feeds.length, async (feed) => {
    await noteFailure(processing.failures, `processing ${feed}`, async () => {
      for (;;) {
        const batch = await data.processBatch.executeWithOptions({ ...profiles.data, summary: `${feed}: staging to bulk` }, [
          { pipeline: processing.pipeline, feed, progress: processing.progress },
        ]);
        processing.counts[feed] = withBatch(processing.counts[feed] ?? noCounts, batch);
        processing.changed();
        if (!batch.more) return;
        if (workflowInfo().continueAsNewSuggested) {
          more = true;
          return;
        }
      }
    });
  });
  return more;
}

/** Deletes the staging rows of processed loads; nobody waits for it. */
export async function pruneFeeds(processing: Pick<Processing, 'pipeline' | 'failures'>, feeds: readonly string[]): Promise<void> {
  await sideBySide(feeds, feeds.length, async (feed) => {
    await noteFailure(processing.failures, `pruning staging of ${feed}`, () =>
      control.pruneStaging.executeWithOptions({ ...profiles.data, summary: `${feed}: prune staging` }, [
        { pipeline: processing.pipeline, feed },
      ]),
    );
  });
}

function withBatch(counts: FeedCounts, batch: ProcessResult): FeedCounts {
  return {
    batches: counts.batches + (batch.batch === null ? 0 : 1),
    loads: counts.loads + batch.loads,
    inserted: counts.inserted + batch.inserted,
    updated: counts.updated + batch.updated,
    deleted: (counts.deleted ?? 0) + (batch.deleted ?? 0),
    refused: (counts.refused ?? 0) + (batch.refused ?? 0),
    unchanged: counts.unchanged + batch.unchanged,
    superseded: counts.superseded + batch.superseded,
    outdated: counts.outdated + batch.outdated,
    leftOut: counts.leftOut + batch.leftOut,
  };
}
