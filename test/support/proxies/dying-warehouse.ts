import type { Transaction, Warehouse } from '../../../src/engine/warehouse.js';

/** The process died, as far as the warehouse can tell. */
export class Killed extends Error {}

/** A warehouse whose process dies before that statement of its transactions, counted from 0. */
export function dyingAt(warehouse: Warehouse, statement: number): Warehouse {
  let count = 0;
  const check = () => {
    if (count++ === statement) throw new Killed('killed');
  };
  const dying = (transaction: Transaction): Transaction =>
    Object.assign(Object.create(transaction) as Transaction, {
      query: async (sql: string, values?: readonly never[]) => (check(), transaction.query(sql, values)),
      execute: async (sql: string, values?: readonly never[]) => (check(), transaction.execute(sql, values)),
    });
  return Object.assign(Object.create(warehouse) as Warehouse, {
    transaction: (work: (transaction: Transaction) => Promise<unknown>, options: never) =>
      warehouse.transaction((transaction) => work(dying(transaction)), options),
  });
}
