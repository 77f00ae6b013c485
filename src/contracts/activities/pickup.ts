/** Activities that find files and claim loads: keys, ids and counts. */
import type { LandResult } from './landing.js';
import type { FeedRef, Period, ProgressTarget } from './refs.js';

/** Where a pickup takes its loads from. */
export type LoadSource = FeedSource | OtherSource;

/** The pipeline's own source: its files are released once they are loaded. */
export interface FeedSource {
  readonly kind: 'feed';
  /** Only files of these dates, or of feeds whose files all have one date. Every file when left out. */
  readonly partitions?: Partitions | undefined;
}

/** Dates, both included, or 'initial': feeds whose files have no date of their own. */
export type Partitions = Period | 'initial';

/** A store whose objects are never touched. A replay reads where loads' quarantine folders are: what lies there takes their places. */
export interface OtherSource {
  readonly kind: 'backfill' | 'replay';
  readonly url: string;
  /** When its first listing began, by the warehouse's clock: what was refused before is tried again. Absent for the first one. */
  readonly since?: string | undefined;
}

export interface ClaimInput extends FeedRef {
  readonly source: LoadSource;
  /** Waits a minute at most for files that may still be being written, and reports those that it did not take: nobody comes again soon. */
  readonly patient?: boolean | undefined;
  /** Hears what is waited for. */
  readonly progress?: ProgressTarget | undefined;
}

export interface ClaimResult {
  /** Objects of the feed in the listing. */
  readonly found: number;
  /** For a backfill: the files that were loaded before it began. */
  readonly before: number;
  /** New loads made by this call, at most 1,000, in delivery order. */
  readonly claimed: number;
  /** Further objects that still wait to be claimed. */
  readonly waiting: number;
  /** When this listing began, by the warehouse's clock. */
  readonly began: string;
  /** Objects that are left alone because the store is at fault about them, the first few: the key and why; absent when there are none. */
  readonly faults?: readonly string[] | undefined;
  /** Objects of the feed in the listing that no load was made of; absent when there are none. Waiting ones count if the claim was patient. */
  readonly leftAlone?: LeftAloneFiles | undefined;
  /** Of the new loads: those whose files have a time in the future; absent when there are none. */
  readonly future?: ListedFiles | undefined;
  /** The page that was asked for, with the new loads; absent where none was. */
  readonly open?: OpenLoads | undefined;
}

/** Files that people must hear of: how many, and the first few, each with a sentence that begins with "it" or "its". */
export interface ListedFiles {
  readonly files: number;
  readonly first: readonly { readonly object: string; readonly reason: string }[];
}

/** Files that no load was made of. */
export interface LeftAloneFiles extends ListedFiles {
  /** How many of these files may still be being written. A later pickup takes them. For the other files somebody must do something. */
  readonly waiting?: number | undefined;
  /** Files of the feed, and folders of them, that can't become loads until somebody does something; absent when there are none. */
  readonly blocked?: BlockedFiles | undefined;
  /** Where dates were asked for: those with files that are there, but of which no load was made. Absent when there are none. */
  readonly dates?: readonly string[] | undefined;
}

export interface BlockedFiles {
  readonly files: number;
  /** The first one's key and why. */
  readonly example: string;
}

/** Which open loads: those after a load id, at most so many. */
export interface OpenLoadsPage {
  readonly after: number;
  readonly limit: number;
}

export interface OpenLoads {
  /** Ascending load ids, which is delivery order within a page of claims; at most the limit asked for. */
  readonly loadIds: readonly number[];
  /** Those of them whose objects are small enough to be landed in bundles, ascending. */
  readonly small: readonly number[];
  /**
   * The keys of the small ones, in the same order, each its last 200 characters: so the history tells which files a bundle took, also when
   * the worker dies together with the warehouse, and neither tells any more.
   */
  readonly objects: readonly string[];
}

export interface PickupActivities {
  /** With `open`, lists open loads too, which saves a small pickup an activity. */
  claimObjects(input: ClaimInput & { readonly open?: OpenLoadsPage | undefined }): Promise<ClaimResult>;
  /**
   * Claims the new runs of a lake for feeds of it, and lists their open loads. Each manifest is read once, and the mark of the source is
   * written once.
   */
  claimLake(input: {
    readonly pipeline: string;
    readonly feeds: readonly string[];
    readonly open: OpenLoadsPage;
  }): Promise<Readonly<Record<string, ClaimResult & { readonly open: OpenLoads }>>>;
  /** Loads that are claimed but not staged, or staged with their source due to be released. */
  listOpenLoads(input: FeedRef & OpenLoadsPage & { readonly source: LoadSource }): Promise<OpenLoads>;
  /** Waits for a landing that another workflow started; null when it failed or is not known any more. */
  awaitLanding(input: { readonly workflowId: string }): Promise<LandResult | null>;
  /** Signals to the pipeline's `followArrivals`, which is started where it does not run, that loads of the feed are staged. */
  signalStagedLoads(input: FeedRef): Promise<void>;
}
