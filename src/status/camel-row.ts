import type { SqlRow } from '../engine/warehouse.js';

/** A row of the warehouse as a read model: names as in all of our JSON (camelCase), times in ISO 8601 with their zone, which is UTC. */
export function camelRow<Model>(row: SqlRow): Model {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [camelCase(name), name.endsWith('_at') ? isoTime(value) : value]),
  ) as Model;
}

function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function isoTime(value: SqlRow[string]): SqlRow[string] {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?$/.test(value) ? `${value.replace(' ', 'T')}Z` : value;
}
