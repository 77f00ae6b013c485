import { columnList } from '../sql/identifier.js';
import { qualifiedName } from '../sql/create-table.js';
import { countTableName } from '../names.js';
import type { Grouping, Mart } from './mart.js';
import type { MartStatement } from './mart-refresh.js';
import { joinTarget } from './mart-statements.js';

/** Adds the rows of the affected keys to the count tables, or takes them away. */
export function moveCounts(mart: Mart, direction: 'add' | 'subtract'): string[] {
  const rows = joinTarget(mart, 't');
  return mart.countBy.map((grouping) => addCounts(mart, grouping, rows, direction));
}

/** Adds some rows `t` of the target to a count table, or takes them away. */
export function addCounts(mart: Mart, grouping: Grouping, rows: string, direction: 'add' | 'subtract'): string {
  const sign = direction === 'add' ? 1 : -1;
  const { columns, sums } = grouping;
  const moved = sums.map((name, index) => ({ column: columnList([name]), alias: `moved_${index}` }));
  return `insert into ${qualifiedName(countTableName(mart, grouping))} (${columnList([...columns, 'n', ...sums])})
select d.* from (
  select ${[columnList(columns, 't'), `${sign} * count(*) as moved`, ...moved.map(({ column, alias }) => `${sign} * sum(t.${column}) as ${alias}`)].join(', ')}
  from ${rows}
  group by ${columnList(columns, 't')}
) d
on duplicate key update ${['n = n + d.moved', ...moved.map(({ column, alias }) => `${column} = ${column} + d.${alias}`)].join(', ')}`;
}

/** Deletes groups that lost their last row: incremental counts equal recounted ones. */
export function dropEmptyCounts(mart: Mart): string[] {
  return mart.countBy.map((grouping) => `delete from ${qualifiedName(countTableName(mart, grouping))} where n = 0`);
}

/** Counts all rows again; with `day`, the key's column of a day, only the groups of the days `from` to `to` where groups have a day. */
export function countedAgain(mart: Mart, day?: string): MartStatement[] {
  return mart.countBy.flatMap((grouping) => {
    const table = qualifiedName(countTableName(mart, grouping));
    const { columns, sums } = grouping;
    const isOfDays = day !== undefined && columns.includes(day);
    const where = isOfDays ? ` where ${columnList([day])} between ? and ?` : '';
    const numbers = ['count(*)', ...sums.map((name) => `sum(${columnList([name])})`)].join(', ');
    const insert = `insert into ${table} (${columnList([...columns, 'n', ...sums])})
select ${columnList(columns)}, ${numbers} from ${qualifiedName(mart.target)}${where} group by ${columnList(columns)}`;
    return [`delete from ${table}${where}`, insert].map((sql) => ({ sql, binds: isOfDays ? ['from', 'to'] : [] }));
  });
}
