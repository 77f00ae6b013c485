import type { Transaction, Warehouse } from '../../engine/warehouse.js';

/** A warehouse all of whose work is part of one transaction, which ends as whoever began it decides. */
export function withinTransaction(transaction: Transaction): Warehouse {
  return {
    query: (sql, values) => transaction.query(sql, values),
    execute: (sql, values) => transaction.execute(sql, values),
    transaction: (work) => work(transaction),
    session: (work) => work(transaction),
    stream: () => {
      throw new Error('no rows are streamed within a transaction');
    },
    close: () => Promise.resolve(),
  };
}
