/** Activities that bring files to staging: ids, counts and outcomes; never rows or values of rows. */
import type { FailureType } from '../failures.js';
import type { FeedRef, ProgressTarget } from './refs.js';

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
  /** Another landing had landed and counted it before this one began. At most its source was still to be released. */
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
  /** Another landing had landed and counted it before this one began. At most its source was still to be released. */
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

export interface LandingActivities {
  /** Says what is left to land of a load. Divides a large object into ranges. */
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
  /** Bundles of several feeds, by feed. One whose landing fails as a whole is one of failed loads; it throws when all of them do. */
  landBundles(input: FeedBundles): Promise<Readonly<Record<string, BundleResult>>>;
}

/** Small objects of several feeds of a pipeline, one bundle a feed. */
export interface FeedBundles {
  readonly pipeline: string;
  readonly bundles: readonly {
    readonly feed: string;
    readonly loadIds: readonly number[];
    /** As of `planLanding`. */
    readonly since?: string | undefined;
  }[];
  readonly progress?: ProgressTarget | undefined;
}
