import type { LandedCounts, LandOutcome, LandResult, RangeResult, SourceState } from '../../contracts/activities/landing.js';
import type { ObjectVersion } from '../../engine/object-store.js';
import { StrataError } from '../../engine/strata-error.js';
import type { SqlRow, Statements } from '../../engine/warehouse.js';

export const loadStates = ['claimed', 'staged', 'processed', 'refused', 'replaced', 'gone'] as const;
export type LoadState = (typeof loadStates)[number];

/** Columns of gear.loads that say which object was loaded. */
export interface LoadedObject {
  object_key: string;
  version_id: string | null;
  etag: string;
  size_bytes: number;
  last_modified: string;
}

interface LoadColumns extends SqlRow, LoadedObject {
  load_id: number;
  pipeline: string;
  feed: string;
  kind: string;
  store_url: string;
  identity: Buffer;
  state: string;
  source_state: string;
  move_source: number;
  header: string | null;
  contract: string | null;
  first_load_id: number | null;
  first_bytes: number | null;
  landed_at: string;
  rows_staged: number;
  rows_quarantined: number;
  bytes_read: number;
  problem: string | null;
}

/** A row of gear.loads. */
export interface Load {
  readonly loadId: number;
  readonly pipeline: string;
  readonly feed: string;
  readonly kind: 'pickup' | 'backfill';
  readonly storeUrl: string;
  readonly object: ObjectVersion;
  /** SHA-256 that identifies this version of this object. */
  readonly identity: Buffer;
  readonly state: LoadState;
  readonly sourceState: SourceState;
  /** When its rows were committed, or the file was claimed that was refused; UTC. */
  readonly landedAt: string;
  /** The object goes to quarantine/ instead of being deleted. */
  readonly moveSource: boolean;
  /** The file's columns in its order, once its header was read. */
  readonly header: readonly string[] | undefined;
  /** Checksum of the contract that checked its rows, once its header was read. */
  readonly contract: string | undefined;
  /** Of a replay: the load whose file had the rows first. Undefined after the header was read, if the rows don't name their positions. */
  readonly firstLoadId: number | undefined;
  /** The length of the file of that load, in the bytes that its rows' places count; undefined unless it was read to its end. */
  readonly firstBytes: number | undefined;
  readonly result: Omit<LandResult, 'outcome' | 'source'>;
}

export async function readLoad(statements: Statements, loadId: number): Promise<Load> {
  const [load] = await readLoads(statements, [loadId]);
  if (!load) throw unknownLoad(loadId);
  return load;
}

export function unknownLoad(loadId: number): StrataError {
  return new StrataError(
    'misconfigured',
    `gear.loads has no load ${loadId}, though it was claimed. Most likely the warehouse went back to an earlier state: it was restored from a backup, or its server stopped and lost its last commits. ` +
      'To find out, run: strata doctor. Otherwise this worker has another warehouse or schema prefix than the worker that claimed the load: check STRATA_MYSQL_URL and STRATA_SCHEMA_PREFIX of all workers',
  );
}

/** How the landing of a load ended, null while it goes on, and what is committed of it. */
export async function readProgress(statements: Statements, loadId: number): Promise<RangeResult> {
  const { state, result } = await readLoad(statements, loadId);
  return { outcome: outcomeOf(state), landed: landedOf(result) };
}

export function landedOf({ rowsStaged, rowsQuarantined, bytes }: LandedCounts): LandedCounts {
  return { rowsStaged, rowsQuarantined, bytes };
}

export function outcomeOf(state: LoadState): LandOutcome | null {
  if (state === 'claimed') return null;
  return state === 'processed' ? 'staged' : state;
}

/** The loads of these ids in ascending order; unknown ids are left out. */
export async function readLoads(statements: Statements, loadIds: readonly number[]): Promise<Load[]> {
  const rows = await statements.query<LoadColumns>(
    `select l.load_id, pipeline, feed, kind, store_url, object_key, version_id, etag, size_bytes, last_modified, identity, state, source_state, move_source,
       header, k.contract, r.first_load_id, rows_staged, rows_quarantined, bytes_read, f.problem,
       coalesce(staged_at, claimed_at) as landed_at,
       (select max(c.end_offset) from gear.loads b join gear.load_chunks c on c.load_id = b.load_id
        where b.load_id = r.first_load_id and b.state in ('staged', 'processed')) as first_bytes
     from gear.loads l
     left join gear.load_contracts k on k.load_id = l.load_id
     left join gear.replays r on r.load_id = l.load_id
     left join gear.refusals f on f.load_id = l.load_id
     where l.load_id in (${loadIds.map(() => '?').join(', ')}) order by l.load_id`,
    loadIds,
  );
  return rows.map(loadOf);
}

/** The version of the object that was loaded. */
export function loadedObject(row: LoadedObject): ObjectVersion {
  return {
    key: row.object_key,
    ...(row.version_id === null ? {} : { versionId: row.version_id }),
    etag: row.etag,
    size: Number(row.size_bytes),
    lastModified: `${row.last_modified.replace(' ', 'T')}Z`,
  };
}

function loadOf(row: LoadColumns): Load {
  return {
    loadId: Number(row.load_id),
    pipeline: row.pipeline,
    feed: row.feed,
    kind: row.kind as Load['kind'],
    storeUrl: row.store_url,
    object: loadedObject(row),
    identity: row.identity,
    state: row.state as LoadState,
    sourceState: row.source_state as SourceState,
    landedAt: row.landed_at,
    moveSource: row.move_source === 1,
    header: row.header === null ? undefined : (JSON.parse(row.header) as string[]),
    contract: row.contract ?? undefined,
    firstLoadId: row.first_load_id === null ? undefined : Number(row.first_load_id),
    firstBytes: row.first_bytes === null ? undefined : Number(row.first_bytes),
    result: {
      rowsStaged: Number(row.rows_staged),
      rowsQuarantined: Number(row.rows_quarantined),
      bytes: Number(row.bytes_read),
      object: shownKey(row.object_key),
      ...(row.problem === null ? {} : { problem: problemOf(row.problem) }),
    },
  };
}

/** The first line of a refusal's text, which says why. Later lines quote the file. */
export function problemOf(refusal: string): string {
  return refusal.split('\n', 1)[0] ?? '';
}

/**
 * Whether the landing has ended: the load's rows are kept, and its source was released. Never true for a backfill, whose source is kept.
 */
export function isReleased({ state, sourceState, kind }: Load): boolean {
  return state !== 'claimed' && sourceState !== 'present' && kind !== 'backfill';
}

/** Whether a load was landed before `since`, a datetime of the warehouse. Without `since`: true. */
export function wasLandedBefore({ landedAt }: Load, since: string | undefined): boolean {
  return since === undefined || landedAt < since;
}

/** The key as lists and search attributes show it: its last 200 characters. */
export function shownKey(key: string): string {
  return [...key].slice(-200).join('');
}
