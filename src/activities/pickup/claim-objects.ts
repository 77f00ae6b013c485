import type { ClaimResult, FeedRef, BackfillSource } from '../../contracts/activities.js';
import { releaseKindOf } from '../../engine/definition/release.js';
import type { LeftAlone, ObjectVersion } from '../../engine/object-store.js';
import type { SqlRow, SqlValue, Transaction, Warehouse } from '../../engine/warehouse.js';
import { deliveredAgain, type KnownLoads } from './delivered-again.js';
import { feedObjects } from './feed-objects.js';
import { sayLeftAlone } from './left-alone-log.js';
import { deliveryOrderAt, objectIdentity, sqlDatetime } from '../../gear/object-identity.js';
import { shownKey } from '../../gear/load-row.js';
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

interface Candidate {
  readonly object: ObjectVersion;
  readonly identity: Buffer;
  readonly order: Buffer;
  readonly firstLoadId: number | undefined;
  readonly generation: number;
}

const pageSize = 1_000;
/** Objects that a store is at fault about, told one by one. */
const toldFaults = 5;

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
  let earliest: Candidate[] = [];
  const began = await warehouseTime(deps.warehouse);
  const leftAlone = (object: LeftAlone) => sayLeftAlone(store.url, object, scope.log);
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
    return insertLoads(transaction, input, store.url, claims);
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

function earliestOf(candidates: readonly Candidate[]): Candidate[] {
  return [...candidates].sort((a, b) => Buffer.compare(a.order, b.order)).slice(0, pageSize);
}

async function warehouseTime(warehouse: Warehouse): Promise<string> {
  const [row] = await warehouse.query<{ now: string }>('select utc_timestamp(6) as now');
  return row!.now;
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
  candidates: readonly Omit<Candidate, 'generation'>[],
  { began, source, keeps }: { readonly began: string; readonly source: BackfillSource | undefined; readonly keeps: boolean },
  signal: AbortSignal,
): Promise<{
  readonly first: readonly Candidate[];
  readonly again: readonly (Candidate & { readonly known: KnownLoads })[];
  readonly before: number;
}> {
  signal.throwIfAborted();
  if (candidates.length === 0) return { first: [], again: [], before: 0 };
  const rows = await warehouse.query<KnownLoad>(
    `select identity, generation, source_state, claimed_at, released_at, released_at >= cast(? as datetime(6)) as released_since,
       claimed_at < cast(? as datetime(6)) as claimed_before, state in ('refused', 'gone', 'replaced') as left_nothing,
       state in ('staged', 'processed') as was_loaded, kind = 'pickup' and source_state = 'kept' as was_kept
     from gear.loads where identity in (${candidates.map(() => '?').join(', ')}) order by generation`,
    [began, source?.since ?? began, ...candidates.map(({ identity }) => identity)],
  );
  const earliest = new Map([...rows].reverse().map((row) => [row.identity.toString('hex'), row]));
  const latest = new Map(rows.map((row) => [row.identity.toString('hex'), row]));
  const kept = new Set(
    rows
      .filter((row) => Number(row.was_kept) === 1 || (keeps && row.source_state === 'kept' && Number(row.was_loaded) === 1))
      .map((row) => row.identity.toString('hex')),
  );
  let before = 0;
  const first: Candidate[] = [];
  const again: (Candidate & { readonly known: KnownLoads })[] = [];
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

interface KnownLoad extends SqlRow {
  identity: Buffer;
  generation: number;
  source_state: string;
  claimed_at: string;
  released_at: string | null;
  released_since: number | null;
  claimed_before: number;
  left_nothing: number;
  was_loaded: number;
  was_kept: number;
}

/** Ids ascend in delivery order; each load's first chunk is planned with it. Returns how many were new. */
async function insertLoads(
  transaction: Transaction,
  input: FeedRef & { readonly source?: BackfillSource | undefined },
  storeUrl: string,
  claims: readonly Candidate[],
): Promise<number> {
  const backfill = input.source !== undefined;
  const values = claims.flatMap(({ object, identity, order, generation }): SqlValue[] => [
    input.pipeline,
    input.feed,
    backfill ? 'backfill' : 'pickup',
    storeUrl,
    object.key,
    object.versionId ?? null,
    object.etag,
    object.size,
    sqlDatetime(object.lastModified),
    generation,
    identity,
    order,
    backfill ? 'kept' : 'present',
  ]);
  const { affectedRows } = await transaction.execute(
    `insert into gear.loads
       (pipeline, feed, kind, store_url, object_key, version_id, etag, size_bytes, last_modified, generation, identity, delivery_order, source_state, claimed_at)
     values ${claims.map(() => '(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, utc_timestamp(6))').join(', ')}
     on duplicate key update load_id = load_id`,
    values,
  );
  await transaction.execute(
    `insert into gear.load_chunks (load_id, chunk_number, start_offset, start_line)
     select l.load_id, 0, 0, 1
     from gear.loads l
     left join gear.load_chunks c on c.load_id = l.load_id
     where l.identity in (${claims.map(() => '?').join(', ')}) and l.state = 'claimed' and c.load_id is null`,
    claims.map(({ identity }) => identity),
  );
  for (const { identity, generation, firstLoadId } of claims) {
    if (firstLoadId === undefined) continue;
    await transaction.execute(
      `insert into gear.replays (load_id, first_load_id)
       select load_id, ? from gear.loads where identity = ? and generation = ? and state = 'claimed' and header is null
       on duplicate key update first_load_id = first_load_id`,
      [firstLoadId, identity, generation],
    );
  }
  return affectedRows;
}
