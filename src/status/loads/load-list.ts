import type { LoadState } from '../../gear/loads/load-row.js';
import type { SqlValue, Warehouse } from '../../engine/warehouse.js';
import { camelRow } from '../camel-row.js';

/** A load: one version of one file. */
export interface ListedLoad {
  readonly loadId: number;
  readonly pipeline: string;
  readonly feed: string;
  readonly kind: string;
  readonly storeUrl: string;
  readonly objectKey: string;
  readonly state: LoadState;
  /** What became of the file in its source. */
  readonly sourceState: string;
  readonly rowsStaged: number;
  readonly rowsQuarantined: number;
  readonly bytesRead: number;
  readonly sizeBytes: number;
  readonly batchNumber: number | null;
  readonly claimedAt: string;
  readonly stagedAt: string | null;
  readonly processedAt: string | null;
  readonly releasedAt: string | null;
}

/** Columns of gear.loads, named `l`, that make a listed load. */
export const loadColumns = `l.load_id, pipeline, feed, kind, store_url, object_key, state, source_state, rows_staged, rows_quarantined, bytes_read,
       size_bytes, batch_number, claimed_at, staged_at, processed_at, released_at`;

export interface LoadFilter {
  readonly pipelines: readonly string[];
  readonly feed?: string | undefined;
  readonly state?: LoadState | undefined;
  /** A part of the file's key. */
  readonly object?: string | undefined;
  readonly limit: number;
}

/** Loads, the newest first. */
export async function listLoads(warehouse: Warehouse, { pipelines, feed, state, object, limit }: LoadFilter): Promise<ListedLoad[]> {
  const conditions: (readonly [text: string, values: readonly SqlValue[]])[] = [
    [`pipeline in (${pipelines.map(() => '?').join(', ')})`, pipelines],
    ...(feed === undefined ? [] : [['feed = ?', [feed]] as const]),
    ...(state === undefined ? [] : [['state = ?', [state]] as const]),
    ...(object === undefined ? [] : [['locate(?, object_key) > 0', [object]] as const]),
  ];
  const rows = await warehouse.query(
    `select ${loadColumns}
     from gear.loads l
     where ${conditions.map(([text]) => text).join(' and ')}
     order by load_id desc
     limit ${limit}`,
    conditions.flatMap(([, values]) => values),
  );
  return rows.map((row) => camelRow<ListedLoad>(row));
}

/** How many loads of a feed are in a state. */
export interface LoadCount {
  readonly feed: string;
  readonly state: LoadState;
  readonly loads: number;
  readonly rowsStaged: number;
  readonly rowsQuarantined: number;
}

export async function countLoads(warehouse: Warehouse, pipeline: string): Promise<LoadCount[]> {
  const rows = await warehouse.query<{ feed: string; state: LoadState; loads: number; rows_staged: string; rows_quarantined: string }>(
    `select feed, state, count(*) as loads, sum(rows_staged) as rows_staged, sum(rows_quarantined) as rows_quarantined
     from gear.loads where pipeline = ? group by feed, state order by feed, state`,
    [pipeline],
  );
  // Sums come as texts.
  return rows.map(({ feed, state, loads, rows_staged: rowsStaged, rows_quarantined: rowsQuarantined }) => ({
    feed,
    state,
    loads: Number(loads),
    rowsStaged: Number(rowsStaged),
    rowsQuarantined: Number(rowsQuarantined),
  }));
}
