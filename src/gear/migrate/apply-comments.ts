import type { Table } from '../../engine/bulk/tables.js';
import { qualifiedName } from '../../engine/sql/create-table.js';
import { identifier, plainLiteral } from '../../engine/sql/identifier.js';
import { schemas } from '../../engine/sql/qualify.js';
import { StrataError } from '../../engine/strata-error.js';
import type { Statements } from '../../engine/warehouse.js';

/** Comments as the server has them. */
interface Comments {
  readonly tables: ReadonlyMap<string, string>;
  /** By table and column, `bulk.games.duration`. */
  readonly columns: ReadonlyMap<string, string>;
}

/**
 * Gives tables and columns the comments of the definitions, and returns what it changed. The statement repeats the server's own description
 * of a column and changes only the comment, because everything that it leaves out (a default, NOT NULL) would be lost. No table is rebuilt
 * or locked. Throws if anything but the comment has changed.
 */
export async function applyComments(statements: Statements, prefix: string, tables: readonly Table[]): Promise<string[]> {
  const { tables: ofTables, columns: ofColumns } = await commentsOf(statements, prefix);
  const changes: string[] = [];
  for (const table of tables) {
    const columns = table.columns.filter(({ name, comment = '' }) => (ofColumns.get(`${table.name}.${name}`) ?? '') !== comment);
    const isOther = ofTables.get(table.name) !== table.comment;
    if (columns.length === 0 && !isOther) continue;
    const before = await createdAs(statements, table.name);
    const parts = columns.map(
      ({ name, comment = '' }) => `modify column ${columnLine(before, table.name, name)} comment ${plainLiteral(comment)}`,
    );
    if (isOther) parts.push(`comment = ${plainLiteral(table.comment)}`);
    await statements.execute(`alter table ${qualifiedName(table.name)} ${[...parts, 'algorithm = inplace', 'lock = none'].join(', ')}`);
    if (shapeOf(await createdAs(statements, table.name)) !== shapeOf(before))
      throw new StrataError(
        'invariant',
        `another comment changed more of ${table.name} than that. Compare it with its definition: strata doctor`,
      );
    changes.push(`${table.name}: described again`);
  }
  return changes;
}

async function commentsOf(statements: Statements, prefix: string): Promise<Comments> {
  const tables = new Map<string, string>();
  const columns = new Map<string, string>();
  for (const schema of schemas) {
    const database = [`${prefix}${schema}`];
    for (const { t, c } of await statements.query<{ t: string; c: string }>(
      'select table_name as t, table_comment as c from information_schema.tables where table_schema = ?',
      database,
    ))
      tables.set(`${schema}.${t}`, c);
    for (const { t, n, c } of await statements.query<{ t: string; n: string; c: string }>(
      `select table_name as t, column_name as n, column_comment as c from information_schema.columns
       where table_schema = ? and column_comment <> ''`,
      database,
    ))
      columns.set(`${schema}.${t}.${n}`, c);
  }
  return { tables, columns };
}

async function createdAs(statements: Statements, table: string): Promise<string> {
  const [row] = await statements.query<{ 'Create Table': string }>(`show create table ${qualifiedName(table)}`);
  return row!['Create Table'];
}

/** As servers write a string: with doubled quotes, MySQL also with backslashes. */
const comment = / COMMENT[ =]'(?:[^'\\]|\\.|'')*'/g;

/** Leaves out the character set, which the collation implies: MySQL shows it only after a statement has named the collation. */
function shapeOf(created: string): string {
  return withoutComments(created).replace(/ CHARACTER SET \w+(?= COLLATE )/g, '');
}

function withoutComments(created: string): string {
  return created.replace(comment, '');
}

/** The column's line of `show create table`, its name included and its comment not. */
function columnLine(created: string, table: string, name: string): string {
  const start = `  ${identifier(name)} `;
  const line = withoutComments(created)
    .split('\n')
    .find((each) => each.startsWith(start));
  if (line === undefined) throw new StrataError('invariant', `the server does not show the column ${name} of ${table}. Run: strata doctor`);
  return line.trim().replace(/,$/, '');
}
