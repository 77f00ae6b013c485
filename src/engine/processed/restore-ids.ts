import type { Entity } from '../entities/entity.js';
import type { Mart } from '../marts/mart.js';
import { columnOf } from '../sql/column-types.js';
import { qualifiedName } from '../sql/create-table.js';
import { columnList, identifier } from '../sql/identifier.js';
import { traitsOf } from '../types/column-traits.js';

/**
 * The statement that gives an entity's keys the ids that the facts have: then they survive in a warehouse that was filled from the bucket.
 * A column of the key is in the facts as it is, or as a date and a time, `<column>_date` and `<column>_time`.
 */
export function restoreIds(mart: Mart, entities: readonly Entity[]): string | { readonly mistake: string } {
  const [id = ''] = mart.key;
  const entity = entities.find(({ ids }) => ids === id);
  if (!entity)
    return {
      mistake: `${mart.target}.${id} is not the id of an entity, so a rebuild could not give it back. Take the id of an entity with ids as the key`,
    };
  const has = (name: string) => mart.columns.some((column) => column.name === name);
  const lacking: string[] = [];
  const values = entity.key.map((name) => {
    const { keyOf, type } = columnOf(entity, name);
    const column = keyOf ?? name;
    const given = has(column) ? `t.${identifier(column)}` : dateAndTime(column);
    if (!has(column) && !(type.kind === 'timestamp' && has(`${column}_date`) && has(`${column}_time`))) lacking.push(column);
    return keyOf === undefined ? given : `coalesce(${given}, ${traitsOf(type).nullKey})`;
  });
  if (lacking.length > 0)
    return {
      mistake: `${mart.target} lacks ${lacking.join(', ')} of the key of ${entity.name}, so a rebuild could not give its ids back. Add the columns`,
    };
  return `insert into ${qualifiedName(entity.tables.ids)} (${columnList([id, ...entity.key])})
select t.${identifier(id)}, ${values.join(', ')}
from ${qualifiedName(mart.target)} t`;
}

function dateAndTime(column: string): string {
  return `cast(concat(t.${identifier(`${column}_date`)}, ' ', t.${identifier(`${column}_time`)}) as datetime(6))`;
}
