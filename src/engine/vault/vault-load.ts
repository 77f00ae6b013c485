/** One insert of a vault table's load. */
export interface VaultStatement {
  readonly sql: string;
  /** The feeds whose ranges it binds, in order: each stands for two values, the batch after which it reads and the last one. */
  readonly ranges: readonly string[];
}

/** How a vault table is loaded. Tables are insert-only: each change is read once, in the transaction that moves the watermark. */
export interface VaultLoad {
  /** `vault.hub_user` */
  readonly target: string;
  /** The feeds that it has a watermark for. */
  readonly feeds: readonly string[];
  /** The entities whose changes it reads. */
  readonly entities: readonly { readonly feed: string; readonly entity: string }[];
  /** Adds what the changes of a range of batches brought. */
  readonly fromChanges: readonly VaultStatement[];
  /** Fills it from bulk as it is now, for a table that is new when older changes have been pruned already. */
  readonly fromBulk: readonly VaultStatement[];
  /** Of what the rows that are there rely on: how keys are hashed and which rows there are. */
  readonly checksum: Buffer;
  /** Another checksum: `fill` when fromBulk adds just what is missing (hubs), `refuse` when rows that are there would mean another thing. */
  readonly whenChanged: 'fill' | 'refuse';
}
