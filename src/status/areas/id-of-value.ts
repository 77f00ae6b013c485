import type { Area } from '../../engine/areas/area.js';
import { qualifiedName } from '../../engine/sql/create-table.js';
import type { Statements } from '../../engine/warehouse.js';

/** The id of a value of the area's column `of`; undefined for one that no row has. */
export async function idOfValue(statements: Statements, { names }: Area, value: string | undefined): Promise<number | undefined> {
  if (value === undefined) return undefined;
  const [row] = await statements.query<{ id: number }>(`select id from ${qualifiedName(names)} where value = ?`, [value]);
  return row?.id;
}
