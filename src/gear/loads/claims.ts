import type { FeedRef } from '../../contracts/activities/refs.js';
import type { ObjectVersion } from '../../engine/object-store.js';
import type { SqlRow, SqlValue, Statements, Transaction } from '../../engine/warehouse.js';
import type { Load } from './load-row.js';
import { sqlDatetime } from './object-identity.js';
import { linkReplay } from './replays.js';

/** An object that becomes a load. */
export interface Claim {
  readonly object: ObjectVersion;
  readonly identity: Buffer;
  /** Distinguishes deliveries of the same identity. */
  readonly generation: number;
  /** Its place in the order of deliveries. */
  readonly order: Buffer;
  /** The date that it belongs to, of a feed with a partition. */
  readonly partitionDate: string | undefined;
  /** Of a replay: the load in whose file its rows stood first. */
  readonly firstLoadId: number | undefined;
}

export interface ClaimedBy extends FeedRef {
  readonly kind: Load['kind'];
  readonly storeUrl: string;
}

/** A load of an identity. Booleans are 0 or 1, or null if nothing was released. */
export interface KnownLoad extends SqlRow {
  identity: Buffer;
  generation: number;
  source_state: string;
  claimed_at: string;
  released_at: string | null;
  /** Its object went after the listing began. */
  released_since: number | null;
  claimed_before: number;
  left_nothing: number;
  was_loaded: number;
  was_kept: number;
}

/** The time of the warehouse's clock, which gives all times of gear.loads. */
export async function warehouseTime(statements: Statements): Promise<string> {
  const [row] = await statements.query<{ now: string }>('select utc_timestamp(6) as now');
  return row!.now;
}

/** All loads of these identities by generation; `began` is when the listing began, `since` when the first one of the same pickup did. */
export async function knownLoads(
  statements: Statements,
  identities: readonly Buffer[],
  { began, since }: { readonly began: string; readonly since: string },
): Promise<KnownLoad[]> {
  return statements.query<KnownLoad>(
    `select identity, generation, source_state, claimed_at, released_at, released_at >= cast(? as datetime(6)) as released_since,
       claimed_at < cast(? as datetime(6)) as claimed_before, state in ('refused', 'gone', 'replaced') as left_nothing,
       state in ('staged', 'processed') as was_loaded, kind = 'pickup' and source_state = 'kept' as was_kept
     from gear.loads where identity in (${identities.map(() => '?').join(', ')}) order by generation`,
    [began, since, ...identities],
  );
}

/**
 * Inserts a load for each object, in the order given, so ids ascend. Each load gets its first planned chunk. Returns how many loads are
 * new: a duplicate attempt inserts none.
 */
export async function insertLoads(
  transaction: Transaction,
  { pipeline, feed, kind, storeUrl }: ClaimedBy,
  claims: readonly Claim[],
): Promise<number> {
  const values = claims.flatMap(({ object, identity, order, partitionDate, generation }): SqlValue[] => [
    pipeline,
    feed,
    kind,
    storeUrl,
    object.key,
    object.versionId ?? null,
    object.etag,
    object.size,
    sqlDatetime(object.lastModified),
    generation,
    identity,
    order,
    partitionDate ?? null,
    kind === 'backfill' ? 'kept' : 'present',
  ]);
  const { affectedRows } = await transaction.execute(
    `insert into gear.loads
       (pipeline, feed, kind, store_url, object_key, version_id, etag, size_bytes, last_modified, generation, identity, delivery_order,
        partition_date, source_state, claimed_at)
     values ${claims.map(() => '(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, utc_timestamp(6))').join(', ')}
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
  for (const claim of claims) if (claim.firstLoadId !== undefined) await linkReplay(transaction, claim, claim.firstLoadId);
  return affectedRows;
}
