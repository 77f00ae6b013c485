import type { Transaction } from '../../engine/warehouse.js';
import type { Load } from './load-row.js';

/** What a header was read as. */
export interface ReadHeader {
  /** The file's columns in its order. */
  readonly header: readonly string[];
  /** Checksum of the contract by which rows are checked. */
  readonly contract: string;
}

/** Notes by which contract the rows of a load are checked, with its header. */
export async function beginContract(transaction: Transaction, { loadId }: Pick<Load, 'loadId'>, contract: string): Promise<void> {
  await transaction.execute('insert into gear.load_contracts (load_id, contract) values (?, ?)', [loadId, contract]);
}
