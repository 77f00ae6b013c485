import type { SqlValue, Statements } from '../engine/warehouse.js';

/** The number `n` that a query of one row gives; null counts as 0. */
export async function numberOf(statements: Statements, sql: string, values: readonly SqlValue[] = []): Promise<number> {
  const [row] = await statements.query<{ n: number | string | null }>(sql, values);
  return Number(row?.n ?? 0);
}
