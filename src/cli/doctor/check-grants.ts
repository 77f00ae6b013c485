import type { Project } from '../../config/load-project.js';
import { deletesKeys } from '../../engine/entities/deletes.js';
import { entitiesOf } from '../../engine/entities/entity.js';
import { qualifiedName } from '../../engine/sql/create-table.js';
import { schemas } from '../../engine/sql/qualify.js';
import { StrataError } from '../../engine/strata-error.js';
import type { SqlRow, Warehouse } from '../../engine/warehouse.js';

/** Rights by use: vault and bulk are history, which a worker adds to. Of some tables of bulk it deletes rows too. */
const needed = {
  staging: ['SELECT', 'INSERT', 'DELETE'],
  bulk: ['SELECT', 'INSERT', 'UPDATE'],
  vault: ['SELECT', 'INSERT'],
  bus: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  gear: ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'CREATE TEMPORARY TABLES'],
} as const satisfies Readonly<Record<(typeof schemas)[number], readonly string[]>>;

interface Grant extends SqlRow {
  privilege: string;
}

/** Tables of bulk of which a worker deletes rows: keys that are gone, rows that are replaced, runs that are rolled back. */
export function rowsThatAreDeleted({ pipelines }: Pick<Project, 'pipelines'>): readonly string[] {
  return [...pipelines.values()].flatMap(({ definition }) =>
    entitiesOf(definition).flatMap((entity) => {
      if (!deletesKeys(entity) && entity.partition === undefined && entity.append === undefined) return [];
      return [entity.tables.bulk, ...(entity.append?.copies ?? []).map(({ table }) => table)];
    }),
  );
}

/**
 * Looks at what is granted to the login itself; what comes by a role can't be seen and is only noted. Whether rows of single tables may be
 * deleted is tried, because that is often granted for these tables alone.
 */
export async function grants(
  warehouse: Warehouse,
  prefix: string,
  deleted: readonly string[],
): Promise<string | { state: 'wrong' | 'warning'; message: string }> {
  const refused = await refusedDeletions(warehouse, prefix, deleted);
  if (refused.length > 0) return { state: 'wrong', message: refused.join('\n') };
  const missing: string[] = [];
  for (const schema of schemas) {
    const granted = await warehouse.query<Grant>(
      `with login as (
         select concat('''', substring_index(current_user(), '@', 1), '''@''', substring_index(current_user(), '@', -1), '''') as grantee
       )
       select u.privilege_type as privilege from information_schema.user_privileges u join login l on l.grantee = u.grantee
       union
       select s.privilege_type from information_schema.schema_privileges s join login l on l.grantee = s.grantee
       where ? like s.table_schema`,
      [`${prefix}${schema}`],
    );
    const names = granted.map(({ privilege }) => privilege);
    const lacking = needed[schema].filter((privilege) => !names.includes(privilege));
    if (lacking.length > 0) missing.push(`${lacking.join(', ').toLowerCase()} on ${prefix}${schema}.*`);
  }
  if (missing.length === 0) return 'all that a worker needs on rows';
  return {
    state: 'warning',
    message: `the login itself does not have these rights (a role may have them): ${missing.join('; ')}. docs/reference/warehouse.md lists what to grant`,
  };
}

async function refusedDeletions(warehouse: Warehouse, prefix: string, deleted: readonly string[]): Promise<string[]> {
  const there = await warehouse.query<{ name: string }>('select table_name as name from information_schema.tables where table_schema = ?', [
    `${prefix}bulk`,
  ]);
  const refused: string[] = [];
  for (const table of deleted.filter((each) => there.some(({ name }) => each === `bulk.${name}`))) {
    try {
      await warehouse.execute(`delete from ${qualifiedName(table)} where 1 = 0`);
    } catch (error) {
      if (!(error instanceof StrataError) || error.type !== 'denied') throw error;
      refused.push(table);
    }
  }
  if (refused.length === 0) return [];
  const [login] = await warehouse.query<{ name: string }>('select current_user() as name');
  const [user = '', host = ''] = (login?.name ?? '').split(/@(?=[^@]*$)/);
  return [
    'workers delete rows of these tables, and this login may not. As an administrator of the warehouse run:',
    ...refused.map((table) => `grant delete on \`${prefix}bulk\`.\`${table.slice('bulk.'.length)}\` to '${user}'@'${host}'`),
  ];
}
