import type { Warehouse } from '../../engine/warehouse.js';
import { problemOf } from '../../gear/loads/load-row.js';
import { camelRow } from '../camel-row.js';
import { loadColumns, type ListedLoad } from './load-list.js';

/** A load with all that commands show of one. */
export interface LoadDetails extends ListedLoad {
  readonly etag: string;
  readonly lastModified: string;
  /** The file's columns in its order; null before its header was read. */
  readonly columns: readonly string[] | null;
  /** Why its file was refused. */
  readonly problem: string | null;
  /** What made the columns that its file lacks. */
  readonly enrichments: readonly LoadedEnrichment[];
  /** What became of its staged rows, in each entity that its feed fills; empty until it is processed. */
  readonly entities: readonly EntityCounts[];
}

export interface EntityCounts {
  readonly entity: string;
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly superseded: number;
  readonly outdated: number;
  readonly leftOut: number;
  /** Rows that deleted a key. */
  readonly deleted: number;
  /** Keys that were deleted because the file lacks them. */
  readonly absent: number;
}

export interface LoadedEnrichment {
  readonly columnName: string;
  readonly enrichment: string;
  readonly version: string;
}

/** The load of that number; undefined where there is none. */
export async function readLoadDetails(warehouse: Warehouse, loadId: number): Promise<LoadDetails | undefined> {
  const [row] = await warehouse.query<{ header: string | null; problem: string | null }>(
    `select ${loadColumns}, etag, last_modified, header, r.problem
     from gear.loads l left join gear.refusals r on r.load_id = l.load_id where l.load_id = ?`,
    [loadId],
  );
  if (!row) return undefined;
  const { header, problem, ...load } = row;
  const enrichments = await warehouse.query(
    'select column_name, enrichment, version from gear.load_enrichments where load_id = ? order by column_name, version',
    [loadId],
  );
  const counts = await warehouse.query(
    `select n.entity, inserted, updated, unchanged, superseded, outdated, left_out, cast(coalesce(d.deleted, 0) as unsigned) as deleted,
       cast(coalesce(d.absent, 0) as unsigned) as absent
     from gear.load_counts n left join gear.load_deletions d on d.load_id = n.load_id and d.entity = n.entity
     where n.load_id = ? order by n.entity`,
    [loadId],
  );
  return {
    ...camelRow<ListedLoad & Pick<LoadDetails, 'etag' | 'lastModified'>>(load),
    columns: header === null ? null : (JSON.parse(header) as string[]),
    problem: problem === null ? null : problemOf(problem),
    enrichments: enrichments.map((each) => camelRow<LoadedEnrichment>(each)),
    entities: counts.map((each) => camelRow<EntityCounts>(each)),
  };
}
