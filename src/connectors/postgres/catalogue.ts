import { createHash } from 'node:crypto';
import { UnreadableTableError, type SourceTable } from '../../engine/extract/source-snapshot.js';

/** Answers a question of SQL, each value as the server's text. */
export type Ask = <Row>(sql: string, values: readonly string[]) => Promise<Row[]>;

/** A table with all tables below it that hold rows of it: its partitions, and those that inherit from it. */
export const tableTree = `with recursive tree as (
  select c.oid, c.relkind from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relname = $2
  union select c.oid, c.relkind from tree join pg_inherits i on i.inhparent = tree.oid join pg_class c on c.oid = i.inhrelid
)`;

/**
 * Those of a table's tree that no heap stores, such as columnar ones, each with what stores it: other storage keeps no id of the transaction
 * that wrote a row. A heap that is encrypted is a heap.
 */
export const otherStorage = `(select string_agg(format('%s (%s)', k.oid::regclass, a.amname), ', ' order by k.oid)
  from tree join pg_class k on k.oid = tree.oid join pg_am a on a.oid = k.relam
  where k.relkind = 'r' and a.amname not in ('heap', 'tde_heap', 'tde_heap_basic'))`;

const tableOf = `${tableTree}
select c.oid::text as oid, c.relkind as kind, row_security_active(c.oid)::text as hides, quote_ident(current_user) as account,
  format('grant select on %I.%I to %I', n.nspname, c.relname, current_user) as right_to_read,
  (select string_agg(format('%s:%s', oid, pg_relation_filenode(oid)), ',' order by oid) from tree where relkind = 'r') as files,
  (select string_agg(oid::regclass::text, ', ' order by oid) from tree where relkind not in ('r', 'p')) as strange, ${otherStorage} as other_storage
from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relname = $2`;

type TableRow = Record<'oid' | 'kind' | 'hides' | 'account' | 'right_to_read', string> &
  Record<'files' | 'strange' | 'other_storage', string | null>;

const columnsOf = `select a.attname as name, a.attnum::text as number, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as not_null,
  has_column_privilege(a.attrelid, a.attnum, 'select') as readable,
  (with recursive base as (
     select t.oid, t.typtype, t.typbasetype from pg_type t where t.oid = a.atttypid
     union all select t.oid, t.typtype, t.typbasetype from base join pg_type t on t.oid = base.typbasetype where base.typtype = 'd'
   ) select format_type(oid, null) from base where typtype <> 'd') as base_type
from pg_attribute a where a.attrelid = $1::oid and a.attnum > 0 and not a.attisdropped order by a.attnum`;

type ColumnRow = Record<'name' | 'number' | 'type' | 'not_null' | 'base_type', string> & { readonly readable: string | null };

/** Undefined where the schema has no table of that name. Throws UnreadableTableError where its rows can't be read as an extract needs them. */
export async function readTable(ask: Ask, schema: string, name: string): Promise<SourceTable | undefined> {
  const [row] = await ask<TableRow>(tableOf, [schema, name]);
  if (!row) return undefined;
  const { oid, kind, files, strange, hides, account } = row;
  if (!['r', 'p'].includes(kind))
    throw new UnreadableTableError(
      'definition',
      `${name} is not an ordinary table. Only tables have row versions, by which changes are found`,
    );
  if (strange !== null)
    throw new UnreadableTableError('definition', `${name} has rows of ${strange}, which is not an ordinary table and has no row versions`);
  if (row.other_storage !== null)
    throw new UnreadableTableError(
      'definition',
      `${name} is stored in another way than PostgreSQL's own, which keeps no row versions: ${row.other_storage}`,
    );
  if (hides === 'true')
    throw new UnreadableTableError(
      'denied',
      `a policy of row-level security hides rows of ${name} from the account. Let the account read all rows: alter role ${account} bypassrls`,
    );
  const columns = await ask<ColumnRow>(columnsOf, [oid]);
  const names = new Set(columns.map((column) => column.name.trimEnd()));
  if (names.size < columns.length)
    throw new UnreadableTableError('definition', `${name} has columns whose names differ only in the blanks at their ends. Rename one`);
  return {
    oid: BigInt(oid),
    fileNode: fileNodeOf(kind, files ?? ''),
    grant: row.right_to_read,
    columns: columns.map((column) => ({
      name: column.name,
      number: Number(column.number),
      type: column.type,
      baseType: column.base_type,
      nullable: column.not_null !== 't',
      // Null of a table that was dropped since the snapshot: its COPY says so.
      readable: column.readable !== 'f',
    })),
  };
}

/** Of one table its own number, and of several one that changes with each of theirs, and where one comes or goes. */
function fileNodeOf(kind: string, files: string): bigint {
  const [only = '', ...others] = files.split(',');
  if (kind === 'r' && others.length === 0) return BigInt(only.slice(only.indexOf(':') + 1));
  return createHash('sha256').update(files).digest().readBigUInt64BE(0);
}
