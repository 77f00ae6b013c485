import type { FeedRef } from '../../contracts/activities/refs.js';
import type { Statements, Transaction } from '../../engine/warehouse.js';
import type { Load } from './load-row.js';

/** The columns of a header, and the contract that it was read with. */
export interface ReadHeader {
  /** The file's columns in its order. */
  readonly header: readonly string[];
  /** Checksum of the contract by which rows are checked. */
  readonly contract: string;
}

/** Records which contract checks the rows of a load. Called when the header is read. */
export async function beginContract(transaction: Transaction, { loadId }: Pick<Load, 'loadId'>, contract: string): Promise<void> {
  await transaction.execute('insert into gear.load_contracts (load_id, contract) values (?, ?)', [loadId, contract]);
}

/** Records that the staged rows of a load were checked again by another contract, and how many rows broke it. */
export async function saveRecheck(
  transaction: Transaction,
  { loadId }: Pick<Load, 'loadId'>,
  { header, contract, rejected }: ReadHeader & { readonly rejected: number },
): Promise<void> {
  await transaction.execute(
    'update gear.loads set rows_staged = rows_staged - ?, rows_quarantined = rows_quarantined + ?, header = ? where load_id = ?',
    [rejected, rejected, JSON.stringify(header), loadId],
  );
  await transaction.execute('insert into gear.load_contracts (load_id, contract) values (?, ?) on duplicate key update contract = ?', [
    loadId,
    contract,
    contract,
  ]);
}

/** Records for all staged loads of a feed that their rows count as checked by this contract. */
export async function adoptContract(statements: Statements, { pipeline, feed }: FeedRef, contract: string): Promise<void> {
  await statements.execute(
    `update gear.load_contracts c join gear.loads l on l.load_id = c.load_id
     set c.contract = ? where l.pipeline = ? and l.feed = ? and l.state = 'staged' and c.contract <> ?`,
    [contract, pipeline, feed, contract],
  );
}
