/** What crosses Temporal between workflows and activities: names, keys, ids and counts; never rows or values of rows. */
import type { DateActivities } from './dates/dated-runs.js';
import type { FailureType } from './failures.js';
import type { ExportActivities, OutputActivities } from './outputs.js';

/** A workflow that hosts a progress stream; activities of long work publish to it about every 2 s. */
export interface ProgressTarget {
  readonly workflowId: string;
}

/** Days, both included: YYYY-MM-DD. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

export interface FeedRef {
  readonly pipeline: string;
  readonly feed: string;
}

/** Where a pickup takes its loads from. */
export type LoadSource = FeedSource | OtherSource;

/** The pipeline's own source: its files are released once they are loaded. */
export interface FeedSource {
  readonly kind: 'feed';
  /** Files of these dates alone, or those of feeds whose files all have one date; every file where it is absent. */
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

export interface PipelinePlan {
  readonly feeds: readonly string[];
  /** Those of them whose files have a date each. */
  readonly dated: readonly string[];
  /** Those whose files all have one date. */
  readonly initial: readonly string[];
  readonly hasDatedOutputs: boolean;
  readonly marts: readonly MartStep[];
}

/** A mart that stands behind those that it reads. */
export interface MartStep {
  /** Qualified name. */
  readonly mart: string;
  readonly after: readonly string[];
}

export interface ClaimResult {
  /** Objects of the feed in the listing. */
  readonly found: number;
  /** Of a backfill: those of them that had been loaded before it began. */
  readonly before: number;
  /** New loads made by this call, at most 1,000, in delivery order. */
  readonly claimed: number;
  /** Further objects that still wait to be claimed. */
  readonly waiting: number;
  /** When this listing began, by the warehouse's clock. */
  readonly began: string;
  /** Objects that are left alone because the store is at fault about them, the first few: the key and why; absent when there are none. */
  readonly faults?: readonly string[] | undefined;
  /** Objects of the feed in the listing that no load is made of until somebody does something; absent when there are none. */
  readonly leftAlone?: LeftAloneFiles | undefined;
  /** The page that was asked for, with the new loads; absent where none was. */
  readonly open?: OpenLoads | undefined;
}

/** Files that are left alone: how many, and the first few with what to do. */
export interface LeftAloneFiles {
  readonly files: number;
  readonly first: readonly { readonly object: string; readonly reason: string }[];
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

export const landOutcomes = ['staged', 'refused', 'replaced', 'gone'] as const;
export type LandOutcome = (typeof landOutcomes)[number];

/** What is committed of a load. */
export interface LandedCounts {
  /** Rows read = staged + quarantined. */
  readonly rowsStaged: number;
  readonly rowsQuarantined: number;
  readonly bytes: number;
}

export interface LandResult extends LandedCounts {
  readonly outcome: LandOutcome;
  /** The object's key, its last 200 characters. */
  readonly object: string;
  /** Why it was refused, without values of its rows. */
  readonly problem?: string | undefined;
  /** What became of its source; `present` while the time to release it has not come. */
  readonly source: SourceState;
  /** Another landing landed it before this one began, and counted it: at most its source was left to be released. */
  readonly earlier?: true | undefined;
}

/** A file that was refused, for people: its key and why, without values of its rows. */
export interface Refusal {
  readonly loadId: number;
  readonly object: string;
  readonly problem: string;
}

/** Refusals that are listed one by one. The counts cover all. */
export const shownRefusals = 5;

/** What one activity lands of a load: a range of a large object by its number, or all that is left of it as one open range. */
export type RangeRef = number | 'open';

/** A large object is landed in ranges side by side, any other one as one open range. */
export interface LandPlan {
  /** The ranges that are not landed yet, ascending; at most 64. */
  readonly ranges: readonly RangeRef[];
  /** How many of them are to be landed at once. */
  readonly atOnce: number;
  /** The object's key, its last 200 characters. */
  readonly object: string;
  /** Null while there is something to land. */
  readonly outcome: LandOutcome | null;
  /** Of the load as a whole, by all attempts so far. */
  readonly landed: LandedCounts;
  /** Another landing landed it before this one began, and counted it: at most its source was left to be released. */
  readonly earlier?: true | undefined;
}

export interface RangeResult {
  /** How the landing ended; null while other ranges have to be landed, or the load has to be planned again. */
  readonly outcome: LandOutcome | null;
  /** Of the load as a whole, not of this range alone. */
  readonly landed: LandedCounts;
}

export interface ReleasedFile {
  readonly loadId: number;
  /** The object's key, its last 200 characters. */
  readonly object: string;
  readonly outcome: 'staged' | 'refused';
}

/** What became of a bundle of small objects; every load is counted by its outcome, or named in `failed` or `left`; but for those that only waited to be released. */
export interface BundleResult extends Readonly<Record<LandOutcome, number>> {
  readonly rowsStaged: number;
  readonly rowsQuarantined: number;
  readonly bytes: number;
  /** The first files that were refused; absent when none was. */
  readonly refusals?: readonly Refusal[] | undefined;
  /** Files that it landed and let go: the warehouse knows them too, unless it went back to an earlier state. */
  readonly released: readonly ReleasedFile[];
  /** Loads that need a landing of their own, each with the type of its failure. */
  readonly failed: readonly { readonly loadId: number; readonly type: FailureType }[];
  /** Loads that the bundle's time did not suffice for; nothing was tried. */
  readonly left: readonly number[];
}

export const sourceStates = ['present', 'deleted', 'moved', 'archived', 'replaced', 'gone', 'kept'] as const;
export type SourceState = (typeof sourceStates)[number];

/** Feeds that processing has work for. */
export interface StagedFeeds {
  /** Feeds with staged loads. */
  readonly staged: readonly string[];
  /** Feeds whose processed rows have not left staging yet. */
  readonly unpruned: readonly string[];
}

export interface ProcessResult {
  /** The batch of the feed's group that was committed; null when nothing was staged. */
  readonly batch: number | null;
  readonly loads: number;
  /** Staged rows of the feed's first entity by what became of them. */
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly superseded: number;
  readonly outdated: number;
  readonly leftOut: number;
  /** True when staged loads are left for a further batch. */
  readonly more: boolean;
}

export interface VaultResult {
  readonly rowsInserted: number;
}

export const refreshModes = ['current', 'incremental', 'rebuilt'] as const;
export type RefreshMode = (typeof refreshModes)[number];

export interface RefreshResult {
  readonly mode: RefreshMode;
  /** Affected keys that were looked for; those above all that the mart held are computed as ranges, and not counted. */
  readonly keys: number;
  /** Rows written. */
  readonly rows: number;
}

/** What became of the stale marts; those that were up to date are in neither list. */
export interface StaleMarts {
  readonly marts: Readonly<Record<string, RefreshResult>>;
  /** Marts that need an activity each: there is much to compute, the time was up, or a first try failed. */
  readonly left: readonly MartStep[];
  /** The pipeline has exports, which may be out of date now. */
  readonly hasExports?: true | undefined;
}

/** The same of the vault's tables. */
export interface StaleVault {
  /** Rows inserted by table. */
  readonly rows: Readonly<Record<string, number>>;
  readonly left: readonly string[];
}

export interface PruneResult {
  readonly rows: number;
}

export interface PlanActivities {
  planPipeline(input: { readonly pipeline: string }): Promise<PipelinePlan>;
}

export interface PickupActivities {
  /** With `open`, lists open loads too, which saves a small pickup an activity. */
  claimObjects(input: FeedRef & { readonly source: LoadSource; readonly open?: OpenLoadsPage | undefined }): Promise<ClaimResult>;
  /** Loads that are claimed but not staged, or staged with their source due to be released. */
  listOpenLoads(input: FeedRef & OpenLoadsPage & { readonly source: LoadSource }): Promise<OpenLoads>;
  /** Waits for a landing that another workflow started; null when it failed or is not known any more. */
  awaitLanding(input: { readonly workflowId: string }): Promise<LandResult | null>;
  /** Signals to the pipeline's `followArrivals`, which is started where it does not run, that loads of the feed are staged. */
  signalStagedLoads(input: FeedRef): Promise<void>;
}

export interface LandingActivities {
  /** Says what is left to land of a load; divides its object into ranges where that is large. */
  planLanding(input: {
    readonly loadId: number;
    /** When the pickup began, by the warehouse's clock: what was landed since then, nobody has counted. */
    readonly since?: string | undefined;
    readonly progress?: ProgressTarget | undefined;
  }): Promise<LandPlan>;
  /** Lands one range of a planned load; the last one to end makes the load staged. */
  landRange(input: {
    readonly loadId: number;
    readonly range: RangeRef;
    readonly progress?: ProgressTarget | undefined;
  }): Promise<RangeResult>;
  /**
   * Ends a landing: releases the source and counts. Deletes the source as the version that was loaded, or moves it to quarantine/ when
   * the file was refused or cut; or archives or keeps it, as the pipeline says. Leaves the source before its time.
   */
  settleLanding(input: {
    readonly loadId: number;
    /** Of its plan: then it was counted before. */
    readonly earlier?: true | undefined;
    readonly progress?: ProgressTarget | undefined;
  }): Promise<LandResult>;
  /** Lands small objects, a few side by side, and releases their sources; each load commits for itself, and none fails another one. */
  landBundle(
    input: FeedRef & {
      readonly loadIds: readonly number[];
      /** As of `planLanding`. */
      readonly since?: string | undefined;
      readonly progress?: ProgressTarget | undefined;
    },
  ): Promise<BundleResult>;
}

export interface ProcessingActivities {
  /** Reads no rows of files: three index look-ups a feed. */
  findStaged(input: { readonly pipeline: string }): Promise<StagedFeeds>;
  /** One batch: one transaction of at most `maxLoads` staged loads in delivery order. */
  processBatch(input: FeedRef & { readonly progress?: ProgressTarget | undefined }): Promise<ProcessResult>;
  /** Deletes staging rows of processed loads, in batches. */
  pruneStaging(input: FeedRef): Promise<PruneResult>;
}

export interface VaultActivities {
  loadVaultTable(input: { readonly pipeline: string; readonly table: string }): Promise<VaultResult>;
  /** Loads every stale table; what needs more than a few seconds is left. */
  loadStaleVault(input: { readonly pipeline: string }): Promise<StaleVault>;
}

export interface MartActivities {
  refreshMart(input: {
    readonly pipeline: string;
    readonly mart: string;
    readonly rebuild?: boolean | undefined;
    /** Rebuilds only the rows of these days, of a mart that is built and has a day in its key. */
    readonly period?: Period | undefined;
    readonly progress?: ProgressTarget | undefined;
  }): Promise<RefreshResult>;
  /** Refreshes every stale mart but those of `except`, each after those that it reads; what needs more than a few seconds is left. */
  refreshStaleMarts(input: { readonly pipeline: string; readonly except?: readonly string[] | undefined }): Promise<StaleMarts>;
  /** Deletes changes below the lowest watermark of all marts and vault tables that read them. */
  pruneChanges(input: { readonly pipeline: string }): Promise<PruneResult>;
}

export type Activities = ExportActivities &
  OutputActivities &
  DateActivities &
  PlanActivities &
  PickupActivities &
  LandingActivities &
  ProcessingActivities &
  VaultActivities &
  MartActivities;
