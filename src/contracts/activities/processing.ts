/** Activities that bring staging to bulk. */
import type { FeedRef, ProgressTarget } from './refs.js';

/** Feeds that processing has work for. */
export interface StagedFeeds {
  /** Feeds with staged loads. */
  readonly staged: readonly string[];
  /** Feeds whose processed rows have not left staging yet. */
  readonly unpruned: readonly string[];
}

export interface ProcessResult {
  /** The batch of the feed's group that was committed; null when nothing was staged, or a load was refused. */
  readonly batch: number | null;
  readonly loads: number;
  /** Staged rows of the feed's first entity by what became of them. */
  readonly inserted: number;
  readonly updated: number;
  /** Keys that rows deleted, or that a snapshot lacks; absent from workers that delete none. */
  readonly deleted?: number | undefined;
  /** Snapshots that were refused because they would delete too many keys. */
  readonly refused?: number | undefined;
  readonly unchanged: number;
  readonly superseded: number;
  readonly outdated: number;
  readonly leftOut: number;
  /** True when staged loads are left for a further batch. */
  readonly more: boolean;
}

export interface PruneResult {
  readonly rows: number;
}

export interface ProcessingActivities {
  /** Reads no rows of files: three index look-ups a feed. */
  findStaged(input: { readonly pipeline: string }): Promise<StagedFeeds>;
  /** One batch: one transaction of at most `maxLoads` staged loads in delivery order. */
  processBatch(input: FeedRef & { readonly progress?: ProgressTarget | undefined }): Promise<ProcessResult>;
  /** Deletes staging rows of processed loads, in batches. */
  pruneStaging(input: FeedRef): Promise<PruneResult>;
}
