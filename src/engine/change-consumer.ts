/** A mart or vault table: it takes in the changes of its feeds batch by batch, at its own pace. */
export interface ChangeConsumer {
  readonly pipeline: string;
  /** Schema and table without the prefix, e.g. `bus.daily_users`. */
  readonly target: string;
  /** The feeds that it has a watermark of. */
  readonly feeds: readonly string[];
  /** The entities whose changes it reads. */
  readonly entities: readonly { readonly feed: string; readonly entity: string }[];
  /** Of what decides its rows; with another one they are stale, whatever its watermarks say. */
  readonly checksum: Buffer;
  /** Those whose tables it reads: it goes no further than they have come. */
  readonly after: readonly ChangeConsumer[];
}

/** A statement that reads changes. Each feed of `ranges` stands for two `?`: the batch after which it reads, and the last one. */
export interface ChangeStatement {
  readonly sql: string;
  readonly ranges: readonly string[];
}

/** The last batch of each feed. */
export type Batches = ReadonlyMap<string, bigint>;

/** The batches after `after` up to `upTo`, feed by feed. */
export interface BatchRanges {
  readonly after: Batches;
  readonly upTo: Batches;
}

/** A feed without a watermark is read from its first batch on. */
export function rangeOf({ after, upTo }: BatchRanges, feed: string): { readonly after: bigint; readonly upTo: bigint } {
  return { after: after.get(feed) ?? 0n, upTo: upTo.get(feed) ?? 0n };
}

/** Whether the ranges hold a batch of the feed. */
export function hasBatches(ranges: BatchRanges, feed: string): boolean {
  const { after, upTo } = rangeOf(ranges, feed);
  return upTo > after;
}

/** The statements for which there are changes to read. */
export function withChanges<Statement extends ChangeStatement>(statements: readonly Statement[], ranges: BatchRanges): Statement[] {
  return statements.filter((statement) => statement.ranges.some((feed) => hasBatches(ranges, feed)));
}

/** The values of a statement's ranges. */
export function rangeValues(statement: ChangeStatement, ranges: BatchRanges): bigint[] {
  return statement.ranges.flatMap((feed) => {
    const { after, upTo } = rangeOf(ranges, feed);
    return [after, upTo];
  });
}
