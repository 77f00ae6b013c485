import type { Entity, EntitySource } from '../entities/entity.js';
import { qualifiedName } from '../sql/create-table.js';
import { isFilled } from './typed-rows.js';

/**
 * Counts the rows of a batch's loads that the entity does not take; undefined where it takes all. Binds pipeline, feed, batch. Each row
 * is either taken or counted here: the conditions are each other's opposite, also of a column that is NULL.
 */
export function recordLeftOut(entity: Entity, { staging, filled }: EntitySource): string | undefined {
  if (filled === undefined) return undefined;
  return `update gear.load_counts n
join (
  select s.load_id, count(*) as left_out
  from gear.loads l
  join ${qualifiedName(staging)} s on s.load_id = l.load_id
  where l.pipeline = ? and l.feed = ? and l.batch_number = ? and not (${isFilled(filled)})
  group by s.load_id
) o on o.load_id = n.load_id
set n.left_out = o.left_out
where n.entity = '${entity.name}'`;
}
