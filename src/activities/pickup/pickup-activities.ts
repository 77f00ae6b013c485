import type { FeedRef } from '../../contracts/activities/refs.js';
import type { ClaimResult, LoadSource, OpenLoads, OpenLoadsPage, PickupActivities } from '../../contracts/activities/pickup.js';
import type { DateActivities } from '../../contracts/dates/dated-runs.js';
import type { SqlValue } from '../../engine/warehouse.js';
import { signalStagedLoads } from './signal-staged-loads.js';
import { awaitLanding } from './await-landing.js';
import { claimLake } from './claim-lake.js';
import { claimObjects, type ClaimDeps } from './claim-objects.js';
import { shownKey } from '../../gear/loads/load-row.js';
import { feedOf } from '../pipeline-set.js';
import { isDue, releaseDelayOf, type ReleaseTimes } from '../landing/release/release-time.js';
import { runActivity } from '../run-activity.js';
import { reportDates } from './report-dates.js';

export interface PickupDeps extends ClaimDeps, ReleaseTimes {
  /** Objects of at most this many bytes land in bundles; 0: none. */
  readonly bundleBytes: number;
}

/** Activities that claim new objects and list loads that need work. */
export function createPickupActivities(deps: PickupDeps): PickupActivities & DateActivities {
  return {
    claimObjects: ({ open, ...of }) =>
      runActivity({}, async (scope) => {
        const claim = await claimObjects(deps, of, scope);
        return open ? { ...claim, open: await listOpenLoads(deps, { ...of, ...open }) } : claim;
      }),
    claimLake: ({ open, ...of }) =>
      runActivity({}, async (scope) => {
        const found: Record<string, ClaimResult & { readonly open: OpenLoads }> = {};
        for (const [feed, claim] of await claimLake(deps, of, scope)) {
          const loads = await listOpenLoads(deps, { pipeline: of.pipeline, feed, source: { kind: 'feed' }, ...open });
          found[feed] = { ...claim, open: loads };
        }
        return found;
      }),
    listOpenLoads: (input) => runActivity({}, () => listOpenLoads(deps, input)),
    reportDates: (input) => runActivity({}, () => reportDates(deps.warehouse, input)),
    awaitLanding: (input) => runActivity({ waits: true }, () => awaitLanding(input)),
    signalStagedLoads: (input) => runActivity({}, () => signalStagedLoads(input)),
  };
}

/** Loads of a feed that have to be landed or released now. */
export async function listOpenLoads(
  deps: PickupDeps,
  { pipeline, feed, source, after, limit }: FeedRef & OpenLoadsPage & { readonly source: LoadSource },
): Promise<OpenLoads> {
  const { warehouse, stores, pipelines, bundleBytes } = deps;
  const { definition } = await feedOf(pipelines, pipeline, feed, warehouse);
  const isFeed = source.kind === 'feed';
  const dates = source.kind === 'feed' && typeof source.partitions === 'object' ? source.partitions : undefined;
  const values: SqlValue[] = [pipeline, feed, after];
  values.push(source.kind === 'feed' ? await releaseDelayOf(deps, definition) : stores.openForBackfill(source.url).url);
  if (dates) values.push(dates.from, dates.to);
  const rows = await warehouse.query<{ load_id: number; size_bytes: number; object_key: string }>(
    `select load_id, size_bytes, object_key from gear.loads
     where pipeline = ? and feed = ? and load_id > ?
       and ${isFeed ? `kind = 'pickup' and source_state = 'present' and ${isDue}` : `kind = 'backfill' and store_url = ? and state = 'claimed'`}
       ${dates ? 'and partition_date between ? and ?' : ''}
     order by load_id
     limit ${Math.trunc(limit)}`,
    values,
  );
  const small = bundleBytes === 0 ? [] : rows.filter((row) => Number(row.size_bytes) <= bundleBytes);
  return {
    loadIds: rows.map((row) => Number(row.load_id)),
    small: small.map((row) => Number(row.load_id)),
    objects: small.map((row) => shownKey(row.object_key)),
  };
}
