import type { FeedRef } from '../../contracts/activities/refs.js';
import type { ClaimResult } from '../../contracts/activities/pickup.js';
import type { LakeManifest } from '../../contracts/lake/manifest.js';
import { counted } from '../../contracts/format-numbers.js';
import { namedVersion, readManifest } from '../../connectors/lake/read-lake.js';
import { feedMatcher } from '../../engine/definition/match/feed-matcher.js';
import type { FeedDefinition } from '../../engine/definition/types.js';
import type { ObjectStore } from '../../engine/object-store.js';
import { StrataError } from '../../engine/strata-error.js';
import type { Transaction, Warehouse } from '../../engine/warehouse.js';
import { claimedRun, noteClaimedRun } from '../../gear/lake/claimed-runs.js';
import { insertLoads, warehouseTime, type Claim } from '../../gear/loads/claims.js';
import { runOrder, objectIdentity } from '../../gear/loads/object-identity.js';
import { refuseIfBehind } from '../owner/own-source.js';
import type { ActivityScope } from '../run-activity.js';
import type { ClaimSource } from './claim-source.js';

/** After this many loads a claim ends with the current run. */
const enough = 1_000;
/** Runs that are committed together. */
const runsAtOnce = 500;
const looksAtOnce = 16;

export interface RunDeps {
  readonly warehouse: Warehouse;
  readonly feed: FeedDefinition;
  readonly source: ClaimSource;
  /** As the lake's own: for several feeds that read the same manifests. */
  readonly read?: typeof readManifest | undefined;
}

/**
 * Makes loads of the objects that manifests name, run after run. Run numbers have no gaps, so the next manifest is looked up by its name,
 * and objects without a manifest are never seen. A run is claimed as a whole, and only after the runs before it. Its loads and the number
 * of the run commit together.
 */
export async function claimRuns(deps: RunDeps, of: FeedRef, scope: Pick<ActivityScope, 'signal' | 'report'>): Promise<ClaimResult> {
  const { warehouse, feed, source } = deps;
  const began = await warehouseTime(warehouse);
  let run = await claimedRun(warehouse, of);
  let found = 0;
  for (;;) {
    const some = await nextRuns(deps, of, run, scope.signal);
    if (some.run === run) return { found, before: 0, claimed: 0, waiting: 0, began, ...some.faults };
    found += some.claims.length;
    scope.report({ phase: 'pickup', feed: feed.name, message: `${feed.name}: ${counted(found, 'object')} of runs up to ${some.run}` });
    const claimed = await warehouse.transaction(async (transaction) => {
      if (source.owned) await refuseIfBehind(transaction, of.pipeline, source.store.url, source.owned.owner);
      await noteClaimedRun(transaction, of, some.run);
      return insertAll(transaction, { ...of, kind: 'pickup', storeUrl: source.store.url }, some.claims);
    }, scope);
    run = some.run;
    if (claimed > 0) return { found, before: 0, claimed, waiting: some.isLast ? 0 : 1, began, ...some.faults };
  }
}

interface Runs {
  readonly run: number;
  readonly claims: readonly Claim[];
  /** There is no further run yet, or the next one can't be claimed. */
  readonly isLast: boolean;
  readonly faults: Pick<ClaimResult, 'faults'>;
}

/** The claims of the runs after `after`, as far as they are there and whole. */
async function nextRuns(
  { feed, source: { store }, read: readRun = readManifest }: RunDeps,
  of: FeedRef,
  after: number,
  signal: AbortSignal,
): Promise<Runs> {
  const claims: Claim[] = [];
  let run = after;
  while (claims.length < enough && run < after + runsAtOnce) {
    const read = await readRun(store, run + 1, signal);
    if (!read) return { run, claims, isLast: true, faults: {} };
    const ofRun = await claimsOf(store, read.manifest, feed, of, signal);
    const faults = ofRun.filter((each) => typeof each === 'string');
    if (faults.length > 0) return { run, claims, isLast: true, faults: { faults } };
    claims.push(...ofRun.filter((each) => typeof each !== 'string'));
    run += 1;
  }
  return { run, claims, isLast: false, faults: {} };
}

async function claimsOf(
  store: ObjectStore,
  { run, tables }: LakeManifest,
  { match }: FeedDefinition,
  { pipeline, feed }: FeedRef,
  signal: AbortSignal,
): Promise<readonly (Claim | string)[]> {
  const matcher = feedMatcher(match);
  const objects = tables.flatMap((table) => table.objects).filter(({ key }) => matcher.test(key));
  const claims: (Claim | string)[] = [];
  for (let first = 0; first < objects.length; first += looksAtOnce) {
    const some = objects.slice(first, first + looksAtOnce).map(async (named): Promise<Claim | string> => {
      const object = await namedVersion(store, named, signal);
      if (typeof object === 'string') return `run ${run}, ${named.key}: ${object}`;
      const identity = objectIdentity(pipeline, feed, store.url, object);
      return { object, identity, generation: 0, order: runOrder(run, object), partitionDate: undefined, firstLoadId: undefined };
    });
    claims.push(...(await Promise.all(some)));
  }
  return claims;
}

async function insertAll(transaction: Transaction, of: Parameters<typeof insertLoads>[1], claims: readonly Claim[]): Promise<number> {
  let inserted = 0;
  const ordered = [...claims].sort((a, b) => Buffer.compare(a.order, b.order));
  for (let first = 0; first < ordered.length; first += enough)
    inserted += await insertLoads(transaction, of, ordered.slice(first, first + enough));
  return inserted;
}

/**
 * Throws `definition`: objects of a lake are read by runs, and a backfill's listing would take leftovers too, in the order of their times.
 */
export function refuseBackfill(feed: string): never {
  throw new StrataError(
    'definition',
    `${feed} takes the objects that a lake's manifests name, run by run, so nothing is loaded by a backfill. To load a lake again, point the source's setting of an empty warehouse at it and run: strata run`,
  );
}
