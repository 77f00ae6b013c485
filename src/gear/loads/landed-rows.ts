import { qualifiedName } from '../../engine/sql/create-table.js';
import type { Transaction } from '../../engine/warehouse.js';
import type { Load } from './load-row.js';

/** Where the rows of a load are that is being landed, as far as rolling them back is concerned. */
export interface LandedRows {
  /** Lets all of a load's rows go. */
  drop(transaction: Transaction, load: Load): Promise<void>;
}

/** Rows in that table. */
export function stagedRows(staging: string): LandedRows {
  return {
    drop: async (transaction, { loadId }) => {
      await transaction.execute(`delete from ${qualifiedName(staging)} where load_id = ?`, [loadId]);
    },
  };
}
