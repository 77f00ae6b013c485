import { qualifiedName } from '../../engine/sql/create-table.js';
import type { Transaction } from '../../engine/warehouse.js';
import type { Load } from './load-row.js';

/** Deletes the landed rows of a load that is rolled back. */
export interface LandedRows {
  /** Deletes all rows of the load. */
  drop(transaction: Transaction, load: Load): Promise<void>;
}

/** Rows in a table of staging. */
export function stagedRows(staging: string): LandedRows {
  return {
    drop: async (transaction, { loadId }) => {
      await transaction.execute(`delete from ${qualifiedName(staging)} where load_id = ?`, [loadId]);
    },
  };
}
