import type { Warehouse } from '../../engine/warehouse.js';
import { knownLoads, type Claim, type KnownLoad } from '../../gear/loads/claims.js';
import type { KnownLoads } from './delivered-again.js';
import type { ClaimSource } from './claim-source.js';

/** An object that a listing found. */
export type Listed = Omit<Claim, 'generation'>;

export interface NewDeliveries {
  /** Objects without a load of their version. */
  readonly first: readonly Claim[];
  /** Objects whose version had a load that came to its end. */
  readonly again: readonly (Claim & { readonly known: KnownLoads })[];
  /** Those that a backfill finds loaded already. */
  readonly before: number;
}

export interface Listing extends Pick<ClaimSource, 'kind' | 'since'> {
  /** When this listing began, by the warehouse's clock. */
  readonly began: string;
  /** The pipeline keeps its files. */
  readonly keeps: boolean;
}

/**
 * Objects without a load of their version, or whose last load's object was known to be gone when the listing began: then it is a new
 * delivery. If a landing released the object after the listing began, the listing may still show the old object. The next listing decides.
 */
export async function newDeliveries(
  warehouse: Warehouse,
  listed: readonly Listed[],
  listing: Listing,
  signal: AbortSignal,
): Promise<NewDeliveries> {
  signal.throwIfAborted();
  if (listed.length === 0) return { first: [], again: [], before: 0 };
  const { began, since = began } = listing;
  const identities = listed.map(({ identity }) => identity);
  const loads = new Map<string, KnownLoad[]>();
  for (const load of await knownLoads(warehouse, identities, { began, since })) {
    const identity = load.identity.toString('hex');
    loads.set(identity, [...(loads.get(identity) ?? []), load]);
  }
  let before = 0;
  const first: Claim[] = [];
  const again: (Claim & { readonly known: KnownLoads })[] = [];
  for (const object of listed) {
    const known = loads.get(object.identity.toString('hex'));
    const last = known?.at(-1);
    if (!known || !last) {
      first.push({ ...object, generation: 0 });
      continue;
    }
    if (listing.kind !== 'feed' && isTrue(last.claimed_before) && isTrue(last.was_loaded)) before += 1;
    if (isOpen(known, last, listing) || isTrue(last.released_since)) continue;
    const { generation, source_state: sourceState, released_at: releasedAt } = last;
    again.push({
      ...object,
      generation: generation + 1,
      known: { generation, sourceState, releasedAt, claimedAt: known[0]?.claimed_at ?? last.claimed_at },
    });
  }
  return { first, again, before };
}

/**
 * Whether the version needs no new load. In the pipeline's own source these need none: a version that a pickup kept, and with `keeps` also
 * one that a backfill loaded and left there. (Without `keeps` the latter gets a load, so that its object is released.) In a backfill's
 * source every object stays, so only two kinds get a new load: objects that were refused before this backfill began, because the definition
 * may have been corrected, and objects that had vanished or were replaced before they were read, because none of their rows was kept.
 */
function isOpen(known: readonly KnownLoad[], last: KnownLoad, { kind, keeps }: Listing): boolean {
  if (last.source_state === 'present') return true;
  if (kind !== 'feed') return last.source_state === 'kept' && !(isTrue(last.claimed_before) && isTrue(last.left_nothing));
  return known.some((load) => isTrue(load.was_kept) || (keeps && load.source_state === 'kept' && isTrue(load.was_loaded)));
}

function isTrue(flag: number | null): boolean {
  return Number(flag) === 1;
}
