import type { ChangeConsumer, ChangeStatement } from '../change-consumer.js';

/** How a vault table is loaded. Tables are insert-only: each change is read once, in the transaction that moves the watermark. */
export interface VaultLoad extends ChangeConsumer {
  /** Add what the changes of a range of batches brought. */
  readonly fromChanges: readonly ChangeStatement[];
  /** Fill it from bulk as it is now, for a table that is new when older changes have been pruned already. */
  readonly fromBulk: readonly ChangeStatement[];
  /**
   * What another checksum, of how keys are hashed and which rows there are, leads to: `fill` when fromBulk adds just what is missing
   * (hubs), `refuse` when rows that are there would mean another thing.
   */
  readonly whenChanged: 'fill' | 'refuse';
}
