import { escapeIdentifier, type Client } from 'pg';
import type { ExtractTable } from '../../../engine/extract/drift.js';
import { otherStorage, tableTree } from '../catalogue.js';
import { sourceFailure } from '../failures.js';

export interface TableProbe {
  readonly name: string;
  /** What keeps it from being read, with what to do; ends no sentence. */
  readonly faults: readonly string[];
  /** What is not a fault now and may become one. */
  readonly notes: readonly string[];
  /** As the server estimates; undefined where it was never analysed. */
  readonly rows: number | undefined;
  readonly bytes: number;
}

const question = `${tableTree}
select c.relkind as kind, row_security_active(c.oid)::text as hides,
  (select case when min(k.reltuples) < 0 then -1 else sum(k.reltuples) end::bigint from tree join pg_class k on k.oid = tree.oid where k.relkind = 'r')::text as rows,
  (select coalesce(sum(pg_table_size(oid)), 0) from tree where relkind = 'r')::text as bytes,
  (select string_agg(oid::regclass::text, ', ' order by oid) from tree where relkind not in ('r', 'p') and oid <> c.oid) as strange,
  ${otherStorage} as other_storage,
  format('grant select on %I.%I to %I', n.nspname, c.relname, current_user) as right_to_read, quote_ident(current_user) as account,
  (select coalesce(json_agg(a.attname order by a.attnum), '[]') from pg_attribute a
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)::text as columns,
  (select coalesce(json_agg(a.attname order by a.attnum), '[]') from pg_attribute a
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and not has_column_privilege(c.oid, a.attnum, 'select'))::text as denied,
  (select coalesce(json_agg(u.names), '[]') from (
     select (select json_agg(coalesce(a.attname, '')) from unnest(i.indkey::int2[]) k left join pg_attribute a on a.attrelid = c.oid and a.attnum = k) as names
     from pg_index i where i.indrelid = c.oid and i.indisunique and i.indisvalid and i.indpred is null) u)::text as uniques
from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relname = $2`;

type Row = Record<'rows' | 'strange' | 'other_storage', string | null> &
  Record<'kind' | 'bytes' | 'hides' | 'columns' | 'denied' | 'uniques' | 'right_to_read' | 'account', string>;

/** Throws StrataError where the question itself fails. */
export async function probeTable(
  client: Client,
  { setting, schema }: { setting: string; schema: string },
  table: ExtractTable,
): Promise<TableProbe> {
  const { name } = table;
  const rows = await client
    .query<Row>(question, [schema, name])
    .then((result) => result.rows)
    .catch((error: unknown) => {
      throw sourceFailure(error, `looking at ${name}`, setting);
    });
  const [row] = rows;
  if (!row)
    return {
      name,
      faults: [`is not in the schema ${schema}. Create it, or take it out of the definition`],
      notes: [],
      rows: undefined,
      bytes: 0,
    };
  const names = (text: string) => JSON.parse(text) as string[];
  const columns = names(row.columns);
  const wanted = table.columns ?? columns;
  const lacking = [...new Set([...table.key, table.mark, ...wanted])].filter((column) => !columns.includes(column));
  const denied = names(row.denied).filter((column) => wanted.includes(column));
  const isUnique = (JSON.parse(row.uniques) as string[][]).some((index) => index.every((column) => table.key.includes(column)));
  const faults = [
    ...(!['r', 'p'].includes(row.kind) ? ['is not an ordinary table, so it has no row versions. Name the tables that it is made of'] : []),
    ...(row.strange === null ? [] : [`has rows of ${row.strange}, which is not an ordinary table and has no row versions`]),
    ...(row.other_storage === null
      ? []
      : [`is stored in another way than PostgreSQL's own, which keeps no row versions: ${row.other_storage}. Extract a copy of it`]),
    ...(lacking.length > 0 ? [`lacks the columns ${lacking.join(', ')} of the definition. Correct one of the two`] : []),
    ...(denied.length > 0
      ? [`may not be read (${denied.length === columns.length ? 'no column' : `not ${denied.join(', ')}`}). Run: ${row.right_to_read}`]
      : []),
    ...(row.hides === 'true'
      ? [
          `has a policy of row-level security, which hides rows from the account. Let the account read all rows: alter role ${row.account} bypassrls`,
        ]
      : []),
  ];
  const notes =
    isUnique || faults.length > 0
      ? []
      : [
          `has no unique index on ${table.key.join(', ')}. Where two rows have one key, only one of them shows. Make such an index, or correct the key in the definition`,
        ];
  const count = Number(row.rows ?? -1);
  return { name, faults, notes, rows: count < 0 ? undefined : count, bytes: Number(row.bytes) };
}

/** Read of a table to see how long all of it takes. */
const sampleBytes = 64 << 20;

/** Seconds that a run needs to read the whole table, by a sample of about 64 MiB. Throws StrataError. */
export async function scanSeconds(
  client: Client,
  { setting, schema }: { setting: string; schema: string },
  { name, bytes }: Pick<TableProbe, 'name' | 'bytes'>,
): Promise<number> {
  const share = Math.min(1, sampleBytes / Math.max(1, bytes));
  try {
    await client.query("begin read only; set local statement_timeout = '60s'; set local lock_timeout = '5s'");
    const began = performance.now();
    await client.query(
      `select count(t.xmin) from ${escapeIdentifier(schema)}.${escapeIdentifier(name)} t tablesample system (${(100 * share).toFixed(6)})`,
    );
    return (performance.now() - began) / 1_000 / share;
  } catch (error) {
    throw sourceFailure(error, `reading a sample of ${name}`, setting);
  } finally {
    await client.query('rollback').catch(() => undefined);
  }
}
