import type { Entity } from '../entities/entity.js';
import { qualifiedName } from '../sql/create-table.js';
import { identifier } from '../sql/identifier.js';

/** The table in which a batch of an entity is merged. */
export function workTable({ tables }: Entity): string {
  return qualifiedName(tables.work);
}

export function keyJoin(entity: Entity, left: string, right: string): string {
  return entity.key.map((name) => `${left}.${identifier(name)} = ${right}.${identifier(name)}`).join(' and ');
}

/** Where a row stands among all: rows that are loaded again where they stood in their first file; of the same one the later load is later. */
export function position(load: string, row: string): { readonly joins: string; readonly sql: string } {
  const [again, first] = [`${load}_again`, `${load}_first`];
  return {
    joins: `straight_join gear.loads ${load} on ${load}.load_id = ${row}.load_id
left join gear.replays ${again} on ${again}.load_id = ${row}.load_id
straight_join gear.loads ${first} on ${first}.load_id = coalesce(${again}.first_load_id, ${row}.load_id)`,
    sql: `(${first}.delivery_order, ${first}.load_id, ${row}.row_offset, ${load}.delivery_order, ${load}.load_id)`,
  };
}

/** The order of the join is fixed: the work table is read load by load, whatever statistics say of it. */
export function ofRun(work: string): string {
  return `from gear.loads l\nstraight_join ${work} w on w.load_id = l.load_id`;
}

/** The loads of a run. Binds pipeline, feed, batch, first and last load_datetime. */
export const inRun = 'l.pipeline = ? and l.feed = ? and l.batch_number = ? and l.load_datetime between ? and ?';
