import type { ClaimResult, FeedRef, BackfillSource } from '../../contracts/activities.js';
import { releaseKindOf } from '../../engine/definition/release.js';
import type { LeftAlone, ObjectVersion } from '../../engine/object-store.js';
import type { Transaction, Warehouse } from '../../engine/warehouse.js';
import { deliveredAgain, type KnownLoads } from './delivered-again.js';
import { feedObjects } from './feed-objects.js';
import { sayLeftAlone } from './left-alone-log.js';
import { insertLoads, knownLoads, warehouseTime, type Claim } from '../../gear/loads/claims.js';
import { deliveryOrderAt, objectIdentity } from '../../gear/loads/object-identity.js';
import { shownKey } from '../../gear/loads/load-row.js';
import { feedOf, type PipelineSet } from '../pipeline-set.js';
import { findReplays } from './find-replays.js';
import { neighboursOf } from '../../engine/definition/match/neighbours.js';
import { noteLoads, ownSource, refuseIfBehind, refuseWhatWentBack, type OwnedSource } from '../owner/own-source.js';
import type { ActivityScope } from '../run-activity.js';
import type { Stores } from '../../engine/stores.js';

export interface ClaimDeps {
  readonly warehouse: Warehouse;
  readonly pipelines: PipelineSet;
  readonly stores: Stores;
}

const pageSize = 1_000;
/** Objects that a store is at fault about, told one by one. */
const toldFaults = 5;
/** Objects that are left alone, told one by one. */
const toldLeftAlone = 5;

/**
 * Makes loads of the objects that have none yet, at most 1,000, the earliest deliveries first. Memory does not grow with
 * the number of objects: only the earliest so far are kept while the listing goes on. Twins of this activity are
 * harmless: an identity and generation is one load.
 */
export async function claimObjects(
  deps: ClaimDeps,
  input: FeedRef & { readonly source?: BackfillSource | undefined },
  scope: Pick<ActivityScope, 'signal' | 'report'> & Partial<Pick<ActivityScope, 'log'>>,
): Promise<ClaimResult> {
  const { feed, definition } = await feedOf(deps.pipelines, input.pipeline, input.feed, deps.warehouse);
  const store = input.source ? deps.stores.openForBackfill(input.source.url) : deps.stores.sourceOf(input.pipeline);
  const owned = await ownedSource(deps, input, scope.signal);
  let found = 0;
  let unclaimed = 0;
  let before = 0;
  let earliest: Claim[] = [];
  const began = await warehouseTime(deps.warehouse);
  const left = { files: 0, first: [] as { object: string; reason: string }[] };
  const leftAlone = (object: LeftAlone) => {
    sayLeftAlone(store.url, object, scope.log);
    if (object.waits) return;
    left.files += 1;
    if (left.first.length < toldLeftAlone) left.first.push({ object: shownKey(object.key), reason: object.reason });
  };
  const faults: string[] = [];
  const faulty = ({ key }: ObjectVersion, reason: string) => {
    leftAlone({ key: store.relativeKey(key), reason });
    faults.push(`${shownKey(key)}: ${reason}`);
  };
  const listing = {
    recursive: input.source !== undefined,
    signal: scope.signal,
    leftAlone,
    ambiguous: faulty,
    archives: releaseKindOf(definition) === 'archive',
  };
  const neighbours = neighboursOf(input.pipeline, deps.pipelines, deps.stores);
  for await (const page of feedObjects(store, feed, definition.feeds, { ...listing, neighbours })) {
    found += page.length;
    const replays = input.source ? await findReplays(deps.warehouse, input, store, page, scope.signal) : undefined;
    const candidates = page.flatMap((object) => {
      const replay = replays?.get(object.key);
      const identity = objectIdentity(input.pipeline, input.feed, store.url, object);
      return replay?.isLoaded
        ? []
        : [{ object, identity, order: replay?.order ?? deliveryOrderAt(began, object), firstLoadId: replay?.firstLoadId }];
    });
    const {
      first,
      again,
      before: loaded,
    } = await withoutOpenLoads(
      deps.warehouse,
      candidates,
      { began, source: input.source, keeps: releaseKindOf(definition) === 'keep' },
      scope.signal,
    );
    const fresh = [...first, ...(await deliveredAgain(store, again, faulty, scope.signal))];
    unclaimed += fresh.length;
    before += loaded + (page.length - candidates.length);
    earliest.push(...fresh);
    if (earliest.length >= 4 * pageSize) earliest = earliestOf(earliest);
    scope.report({ phase: 'pickup', feed: input.feed, message: `${input.feed}: ${found} files found, ${unclaimed} of them new` });
  }
  const claims = earliestOf(earliest);
  const claim = async (transaction: Transaction) => {
    if (owned) await refuseIfBehind(transaction, input.pipeline, store.url, owned.owner);
    return insertLoads(transaction, { ...input, kind: input.source ? 'backfill' : 'pickup', storeUrl: store.url }, claims);
  };
  const claimed = claims.length === 0 ? 0 : await deps.warehouse.transaction(claim, scope);
  if (owned) await noteLoads({ ...deps, pipeline: input.pipeline, store }, owned, scope.signal);
  return {
    found,
    before,
    claimed,
    waiting: unclaimed - claims.length,
    began,
    ...(faults.length > 0 && { faults: faults.slice(0, toldFaults) }),
    ...(left.files > 0 && { leftAlone: left }),
  };
}

/** Of a pickup, the source marked as this warehouse's. A backfill only reads: it marks nothing, but gives no ids to a warehouse that went back. */
async function ownedSource(
  deps: ClaimDeps,
  input: FeedRef & { readonly source?: BackfillSource | undefined },
  signal: AbortSignal,
): Promise<OwnedSource | undefined> {
  const { pipeline, source } = input;
  if (source && !deps.stores.hasSource(pipeline)) return undefined;
  const own = { ...deps, pipeline, store: deps.stores.sourceOf(pipeline) };
  if (!source) return ownSource(own, signal);
  await refuseWhatWentBack(own, signal);
  return undefined;
}

function earliestOf(candidates: readonly Claim[]): Claim[] {
  return [...candidates].sort((a, b) => Buffer.compare(a.order, b.order)).slice(0, pageSize);
}

/**
 * Objects without a load of their version, or whose last load's object was known to be gone when the listing began: then this is a new
 * delivery; one that a landing beside it released since is as likely the old one, listed before it went, and the next listing tells.
 * For a pickup so is what a backfill of its source loaded and left there: what is present there is to be released, unless the pipeline
 * keeps it. What a pickup kept is no delivery any more. For a backfill so is
 * what was refused before it began, for the definition may have been corrected, and what vanished or was replaced before it was read: it
 * is there now, and no row of it was kept. `before` counts what a backfill finds loaded already.
 */
async function withoutOpenLoads(
  warehouse: Warehouse,
  candidates: readonly Omit<Claim, 'generation'>[],
  { began, source, keeps }: { readonly began: string; readonly source: BackfillSource | undefined; readonly keeps: boolean },
  signal: AbortSignal,
): Promise<{
  readonly first: readonly Claim[];
  readonly again: readonly (Claim & { readonly known: KnownLoads })[];
  readonly before: number;
}> {
  signal.throwIfAborted();
  if (candidates.length === 0) return { first: [], again: [], before: 0 };
  const rows = await knownLoads(
    warehouse,
    candidates.map(({ identity }) => identity),
    { began, since: source?.since ?? began },
  );
  const earliest = new Map([...rows].reverse().map((row) => [row.identity.toString('hex'), row]));
  const latest = new Map(rows.map((row) => [row.identity.toString('hex'), row]));
  const kept = new Set(
    rows
      .filter((row) => Number(row.was_kept) === 1 || (keeps && row.source_state === 'kept' && Number(row.was_loaded) === 1))
      .map((row) => row.identity.toString('hex')),
  );
  let before = 0;
  const first: Claim[] = [];
  const again: (Claim & { readonly known: KnownLoads })[] = [];
  for (const candidate of candidates) {
    const identity = candidate.identity.toString('hex');
    const last = latest.get(identity);
    if (!last) {
      first.push({ ...candidate, generation: 0 });
      continue;
    }
    const isBefore = Number(last.claimed_before) === 1;
    if (source && isBefore && Number(last.was_loaded) === 1) before += 1;
    const isOfBackfill = source !== undefined && last.source_state === 'kept' && !(isBefore && Number(last.left_nothing) === 1);
    const isKept = source === undefined && kept.has(identity);
    const open = last.source_state === 'present' || isOfBackfill || isKept;
    if (open || Number(last.released_since) === 1) continue;
    const { generation, source_state: sourceState, released_at: releasedAt } = last;
    const known = { generation, sourceState, releasedAt, claimedAt: earliest.get(identity)?.claimed_at ?? last.claimed_at };
    again.push({ ...candidate, generation: generation + 1, known });
  }
  return { first, again, before };
}
