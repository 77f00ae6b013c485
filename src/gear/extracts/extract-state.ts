import type { LakeColumn } from '../../contracts/lake/manifest.js';
import type { ColumnNumbers, TableState } from '../../engine/extract/table-read.js';
import type { Statements } from '../../engine/warehouse.js';

/** An extract, its number in gear, and its last known run. */
export interface ExtractRef {
  readonly id: number;
  readonly run: number;
  /** Of the manifest of that run, hexadecimal; undefined before the first. */
  readonly manifestSha256: string | undefined;
}

/** The extract's row, made where it is missing. */
export async function findExtract(statements: Statements, pipeline: string, extract: string): Promise<ExtractRef> {
  const look = () =>
    statements.query<{ extract_id: number; run: number; digest: string | null }>(
      `select e.extract_id, e.run, (select lower(hex(r.manifest_sha256)) from gear.extract_runs r
         where r.extract_id = e.extract_id and r.run = e.run and r.state = 'committed') as digest
       from gear.extracts e where e.pipeline = ? and e.extract = ?`,
      [pipeline, extract],
    );
  let [row] = await look();
  if (!row) {
    await statements.execute('insert into gear.extracts (pipeline, extract) values (?, ?) on duplicate key update run = run', [
      pipeline,
      extract,
    ]);
    [row] = await look();
  }
  return { id: Number(row?.extract_id), run: Number(row?.run), manifestSha256: row?.digest ?? undefined };
}

/** How each table was read last, by name; tables that no run has read are missing. */
export async function tableStates(statements: Statements, { id }: Pick<ExtractRef, 'id'>): Promise<ReadonlyMap<string, TableState>> {
  const rows = await statements.query<{
    table_name: string;
    system_identifier: string;
    timeline: number;
    xmin: number | string;
    relation_oid: number | string | null;
    file_node: number | string | null;
    column_numbers: string | null;
    mark_after: string | null;
  }>(
    `select t.table_name, r.system_identifier, r.timeline, r.xmin, t.relation_oid, t.file_node, t.column_numbers, t.mark_after
     from gear.extract_runs r
     join gear.extract_tables t on t.run_id = r.run_id
     join (select t.table_name, max(r.run) as run from gear.extract_runs r join gear.extract_tables t on t.run_id = r.run_id
       where r.extract_id = ? and r.state = 'committed' and r.kind <> 'corrected' and t.left_out is null group by t.table_name) last
       on last.table_name = t.table_name and last.run = r.run
     where r.extract_id = ? and r.state = 'committed' and r.kind <> 'corrected' and t.left_out is null`,
    [id, id],
  );
  const big = (value: number | string | null) => (value === null ? null : BigInt(value));
  return new Map(
    rows.map((row) => [
      row.table_name,
      {
        systemIdentifier: row.system_identifier,
        timeline: Number(row.timeline),
        xmin: BigInt(row.xmin),
        oid: big(row.relation_oid),
        fileNode: big(row.file_node),
        columnNumbers: row.column_numbers === null ? null : (JSON.parse(row.column_numbers) as ColumnNumbers),
        mark: row.mark_after,
      },
    ]),
  );
}

/** The columns of a table, in their order. */
export interface KnownColumns {
  /** When a run read the table last: rows of the lake have them. */
  readonly read: readonly LakeColumn[];
  /** When a run saw the table last, though it may have left it out. */
  readonly seen: readonly LakeColumn[];
}

/** The columns of each table; one that no run has seen is missing. */
export async function knownColumns(statements: Statements, { id }: Pick<ExtractRef, 'id'>): Promise<ReadonlyMap<string, KnownColumns>> {
  type Row = Record<'table_name' | 'column_name' | 'column_type', string> & Record<'nullable' | 'was_read' | 'is_there', number>;
  const rows = await statements.query<Row>(
    `select c.table_name, c.column_name, c.column_type, c.nullable, c.until_run is null as is_there,
       coalesce(c.since_run <= last.run and (c.until_run is null or c.until_run > last.run), false) as was_read
     from gear.source_columns c
     left join (select t.table_name, max(r.run) as run from gear.extract_runs r join gear.extract_tables t on t.run_id = r.run_id
       where r.extract_id = ? and r.state = 'committed' and r.kind <> 'corrected' and t.left_out is null group by t.table_name) last
       on last.table_name = c.table_name
     where c.extract_id = ? order by c.table_name, c.position`,
    [id, id],
  );
  const tables = new Map<string, { read: LakeColumn[]; seen: LakeColumn[] }>();
  for (const { table_name: table, column_name: name, column_type: type, nullable, was_read: wasRead, is_there: isThere } of rows) {
    const known = tables.get(table) ?? { read: [], seen: [] };
    tables.set(table, known);
    const column = { name, type, nullable: nullable === 1 };
    if (wasRead === 1) known.read.push(column);
    if (isThere === 1) known.seen.push(column);
  }
  return tables;
}

/** `versionKey` of each row version of a table that is in the lake. */
export async function knownVersions(statements: Statements, { id }: Pick<ExtractRef, 'id'>, table: string): Promise<Set<string>> {
  const rows = await statements.query<{ xid: number | string; key_hash: Buffer }>(
    `select v.xid, v.key_hash from gear.extracted_versions v
     join gear.extract_runs r on r.run_id = v.run_id
     where v.extract_id = ? and v.table_name = ? and r.state = 'committed'`,
    [id, table],
  );
  return new Set(rows.map(({ xid, key_hash: hash }) => versionKey({ keyHash: hash, xid: BigInt(xid) })));
}

/** A version of a row: the first 16 bytes of its key's SHA-256, and the transaction that wrote it. */
export interface RowVersion {
  readonly keyHash: Buffer;
  readonly xid: bigint;
}

export function versionKey({ keyHash, xid }: RowVersion): string {
  return `${keyHash.toString('latin1')}${xid}`;
}
