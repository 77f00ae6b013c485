import type { SqlRow, Warehouse } from '../engine/warehouse.js';

/** Rows read at once: each may be 64 KiB. */
const page = 500;

/** A load, as somebody who exports its rows needs it. */
export interface QuarantinedLoad {
  readonly pipeline: string;
  readonly feed: string;
  readonly kind: string;
  readonly identity: Buffer;
  /** The file's key in its bucket, or below the folder of its store. */
  readonly objectKey: string;
  readonly storeUrl: string;
  /** Names of columns; undefined where no row was read. */
  readonly header: readonly string[] | undefined;
}

interface LoadRow extends SqlRow, Pick<QuarantinedLoad, 'pipeline' | 'feed' | 'kind' | 'identity'> {
  object_key: string;
  store_url: string;
  header: string | null;
}

export async function quarantinedLoad(warehouse: Warehouse, loadId: number): Promise<QuarantinedLoad | undefined> {
  const [load] = await warehouse.query<LoadRow>(
    'select pipeline, feed, header, kind, identity, object_key, store_url from gear.loads where load_id = ?',
    [loadId],
  );
  if (!load) return undefined;
  const { header, object_key: objectKey, store_url: storeUrl, ...others } = load;
  return { ...others, objectKey, storeUrl, header: header === null ? undefined : (JSON.parse(header) as string[]) };
}

export interface QuarantinedRow {
  /** Where it stands in its file. */
  readonly offset: number;
  readonly raw: Buffer;
  /** It is longer than what is kept of a row. */
  readonly isCut: boolean;
}

/** The load's rows in quarantine, in the order of their file. */
export async function* quarantinedRows(warehouse: Warehouse, loadId: number): AsyncGenerator<QuarantinedRow> {
  for (let after = -1; ;) {
    const rows = await warehouse.query<{ row_offset: number; row_bytes: number; raw: Buffer }>(
      `select row_offset, row_bytes, raw from gear.quarantine where load_id = ? and row_offset > ? order by row_offset limit ${page}`,
      [loadId, after],
    );
    for (const { row_offset: offset, row_bytes: length, raw } of rows)
      yield { offset: Number(offset), raw, isCut: Number(length) > raw.length };
    const last = rows.at(-1);
    if (!last || rows.length < page) return;
    after = Number(last.row_offset);
  }
}
