/** A mart or vault table: it takes in the changes of its feeds batch by batch, at its own pace. */
export interface ChangeConsumer {
  readonly pipeline: string;
  /** Schema and table without the prefix, e.g. `bus.daily_users`. */
  readonly target: string;
  /** The groups of feeds that it has a watermark of, each by its name. */
  readonly feeds: readonly string[];
  /** The entities whose changes it reads. */
  readonly entities: readonly EntityRead[];
  /** Of what decides its rows; with another one they are stale, whatever its watermarks say. */
  readonly checksum: Buffer;
  /** Those whose tables it reads: it goes no further than they have come. */
  readonly after: readonly ChangeConsumer[];
}

/** An entity, the feeds that fill it, and the group of feeds whose batches number its changes. */
export interface EntityRead {
  readonly entity: string;
  /** The table of its changes. */
  readonly changes: string;
  readonly group: string;
  readonly feeds: readonly string[];
}

/** A statement that reads changes. Each group of feeds in `ranges` stands for two `?`: the batch after which it reads, and the last one. */
export interface ChangeStatement {
  readonly sql: string;
  readonly ranges: readonly string[];
}

/** The last batch of each group of feeds. */
export type Batches = ReadonlyMap<string, bigint>;

/** The batches after `after` up to `upTo`, group by group. */
export interface BatchRanges {
  readonly after: Batches;
  readonly upTo: Batches;
}

/** A group without a watermark is read from its first batch on. */
export function rangeOf({ after, upTo }: BatchRanges, group: string): { readonly after: bigint; readonly upTo: bigint } {
  return { after: after.get(group) ?? 0n, upTo: upTo.get(group) ?? 0n };
}

/** Whether the ranges hold a batch of the group. */
export function hasBatches(ranges: BatchRanges, group: string): boolean {
  const { after, upTo } = rangeOf(ranges, group);
  return upTo > after;
}

/** The statements for which there are changes to read. */
export function withChanges<Statement extends ChangeStatement>(statements: readonly Statement[], ranges: BatchRanges): Statement[] {
  return statements.filter((statement) => statement.ranges.some((group) => hasBatches(ranges, group)));
}

/** The values of a statement's ranges. */
export function rangeValues(statement: ChangeStatement, ranges: BatchRanges): bigint[] {
  return statement.ranges.flatMap((group) => {
    const { after, upTo } = rangeOf(ranges, group);
    return [after, upTo];
  });
}
