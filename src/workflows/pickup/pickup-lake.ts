import { isCancellation } from '@temporalio/workflow';
import type { OpenLoads } from '../../contracts/activities/pickup.js';
import type { ProgressTarget } from '../../contracts/activities/refs.js';
import { counted } from '../../contracts/format-numbers.js';
import type { PickupCounts } from '../../contracts/workflows.js';
import { bundles, data, profiles } from '../activity-profiles.js';
import { noteFailure } from '../report/failure-message.js';
import { noCounts, withBundle, withFailure } from './pickup-counts.js';
import { largestBundle } from './split-into-bundles.js';

export interface LakePickup {
  readonly pipeline: string;
  readonly feeds: readonly string[];
  readonly progress: ProgressTarget;
}

/** A feed of a lake, what was done of it, and whether it needs a pickup of its own for the rest. */
export interface LakeFeed {
  readonly feed: string;
  readonly counts: PickupCounts;
  readonly isDone: boolean;
}

/**
 * Picks up the feeds of a lake together. Most runs of an extract have a few small objects in each of many feeds, and a pickup for each would
 * take longer than all of its work. Large objects, and those that fail here, are left to a pickup of their feed.
 */
export async function pickupLake({ pipeline, feeds, progress }: LakePickup, failures: string[]): Promise<LakeFeed[]> {
  const claims = await noteFailure(failures, 'pickup of the lake', () =>
    data.claimLake.executeWithOptions({ ...profiles.data, summary: `claim objects of ${counted(feeds.length, 'feed')}` }, [
      // One more than a bundle takes tells that there are more.
      { pipeline, feeds, open: { after: 0, limit: largestBundle + 1 } },
    ]),
  );
  if (!claims) return [];
  const claimed = Object.entries(claims).map(([feed, { found, before, claimed: taken, began: since, waiting, faults = [], open }]) => ({
    ...{ feed, open, since, isWhole: waiting === 0 && fitsBundle(open) },
    counts: faults.reduce(withFailure, { ...noCounts, found, before, claimed: taken }),
  }));
  const small = claimed.filter(({ open, isWhole }) => isWhole && open.loadIds.length > 0);
  const landed = await landTogether(
    pipeline,
    small.map(({ feed, open: { loadIds }, since }) => ({ feed, loadIds, since })),
    progress,
  );
  return claimed.map(({ feed, counts, open, isWhole }) => {
    const bundle = landed?.[feed];
    if (!bundle) return { feed, counts, isDone: isWhole && open.loadIds.length === 0 };
    return { feed, counts: withBundle(counts, bundle), isDone: bundle.failed.length + bundle.left.length === 0 };
  });
}

function fitsBundle({ loadIds, small }: OpenLoads): boolean {
  return loadIds.length <= largestBundle && small.length === loadIds.length;
}

/** Undefined if there are no bundles, or if it is not known what was landed. In the second case a pickup of each feed finds out. */
async function landTogether(pipeline: string, feeds: Parameters<typeof bundles.landBundles>[0]['bundles'], progress: ProgressTarget) {
  const loads = feeds.reduce((sum, { loadIds }) => sum + loadIds.length, 0);
  if (loads === 0) return undefined;
  const summary = `${counted(loads, 'small file')} of ${counted(feeds.length, 'feed')}`;
  try {
    return await bundles.landBundles.executeWithOptions({ ...profiles.bundle, summary }, [{ pipeline, bundles: feeds, progress }]);
  } catch (error) {
    if (isCancellation(error)) throw error;
    return undefined;
  }
}
