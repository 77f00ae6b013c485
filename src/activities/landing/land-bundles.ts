import { landOutcomes, type BundleResult, type FeedBundles, type LandOutcome } from '../../contracts/activities/landing.js';
import { sideBySide } from '../../contracts/side-by-side.js';
import { closedFailure } from '../activity-failure.js';
import type { ActivityScope } from '../run-activity.js';
import { defaultBounds, landBundle } from './land-bundle.js';
import type { LandDeps } from './land-deps.js';

/**
 * Lands the bundles of several feeds, as many loads side by side as one bundle lands, and in the time of one. A bundle that fails as a whole
 * stops no other one: its loads are named as failed. Throws when all fail, for then it is not the files that are at fault.
 */
export async function landBundles(
  deps: LandDeps,
  { pipeline, bundles }: FeedBundles,
  scope: ActivityScope,
  bounds = defaultBounds,
): Promise<Record<string, BundleResult>> {
  const end = Date.now() + bounds.bundle;
  const results: Record<string, BundleResult> = {};
  const errors: unknown[] = [];
  await sideBySide(bundles, bounds.lanes, async ({ feed, loadIds, since }) => {
    const inTime = { ...bounds, lanes: 1, bundle: end - Date.now() };
    try {
      results[feed] = await landBundle(deps, { pipeline, feed, loadIds, since }, scope, inTime);
    } catch (error) {
      errors.push(error);
      const { type } = closedFailure(error);
      results[feed] = { ...nothing, failed: loadIds.map((loadId) => ({ loadId, type })) };
    }
  });
  scope.signal.throwIfAborted();
  if (errors.length > 0 && errors.length === bundles.length) throw errors[0];
  return results;
}

const nothing: BundleResult = {
  ...(Object.fromEntries(landOutcomes.map((outcome) => [outcome, 0])) as Record<LandOutcome, number>),
  ...{ rowsStaged: 0, rowsQuarantined: 0, bytes: 0, released: [], failed: [], left: [] },
};
