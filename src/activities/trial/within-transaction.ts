import type { Transaction, Warehouse } from '../../engine/warehouse.js';

const savepoint = 'strata_trial';

/** A warehouse whose work is all part of one transaction. Whoever began the transaction commits or rolls it back. */
export function withinTransaction(transaction: Transaction): Warehouse {
  return {
    query: (sql, values) => transaction.query(sql, values),
    execute: (sql, values) => transaction.execute(sql, values),
    // What is rolled back within the trial leaves the rest of it as it is.
    transaction: async (work) => {
      await transaction.execute(`savepoint ${savepoint}`);
      try {
        return await work(transaction);
      } catch (error) {
        await transaction.execute(`rollback to savepoint ${savepoint}`);
        throw error;
      }
    },
    session: (work) => work(transaction),
    stream: () => {
      throw new Error('no rows are streamed within a transaction');
    },
    close: () => Promise.resolve(),
  };
}
