/** Inputs and results of workflows: names, ids and counts; starters and workflows share them. */
import type { WorkflowStreamState } from '@temporalio/workflow-streams/workflow';
import type { FeedRef, Period, ProgressTarget } from './activities/refs.js';
import type { LeftAloneFiles, ListedFiles, LoadSource, OtherSource } from './activities/pickup.js';
import type { Refusal } from './activities/landing.js';
import type { RefreshMode } from './activities/marts.js';
import type { DatesReport } from './dates/dated-runs.js';
import type { ExtractResult } from './activities/extract.js';
import type { ProcessedResult } from './activities/processed.js';
import type { ExportResult, OutputsDone } from './outputs.js';

/** Who starts a pickup. This decides what the pickup waits for, and who is signalled about the loads that it stages. */
export type PickupStarter =
  /** Nobody waits for it: it ends when nothing moves any more, and signals `followArrivals`. */
  | { readonly kind: 'schedule' }
  /** `followArrivals` learns by the result what was staged; a pickup that takes long signals it too. */
  | { readonly kind: 'arrivals' }
  /** A run itself processes the staged loads. Its pickup waits for every landing, also for landings that other workflows started. */
  | { readonly kind: 'run'; readonly progress: ProgressTarget };

export interface PickupInput extends FeedRef {
  readonly source: LoadSource;
  readonly starter: PickupStarter;
  /** Landings side by side; 40 when absent. */
  readonly window?: number | undefined;
  /** What earlier runs of a continued pickup did; never given by starters. */
  readonly carried?: PickupCarried | undefined;
}

/** What the schedule of a feed starts. */
export function scheduledPickup({ pipeline, feed }: FeedRef): PickupInput {
  return { pipeline, feed, source: { kind: 'feed' }, starter: { kind: 'schedule' } };
}

export interface PickupCarried {
  readonly counts: PickupCounts;
  /** The last load id that was started. */
  readonly after: number;
  /** Loads that earlier runs started and that still land. */
  readonly pending: readonly number[];
  /** Loads that others land. */
  readonly others: readonly number[];
  /** Milliseconds since the epoch when the first run began. */
  readonly since: number;
  /** When the first listing began, by the warehouse's clock; absent where it has not ended. */
  readonly listed?: string | undefined;
  /** Of the progress stream, where no run hosts it. */
  readonly stream?: WorkflowStreamState | undefined;
}

/** What a pickup did; files by outcome, rows and bytes of the files that it saw land. */
export interface PickupCounts {
  /** Objects of the feed in the last listing. */
  readonly found: number;
  /** For a backfill: the files that were loaded before it began. */
  readonly before: number;
  readonly claimed: number;
  readonly staged: number;
  readonly refused: number;
  readonly replaced: number;
  readonly gone: number;
  readonly failed: number;
  /** Landings that still ran when the pickup ended. */
  readonly pending: number;
  /** Landings that another pickup had started. A pickup that waits for landings counts these by their outcomes instead. */
  readonly others: number;
  readonly rows: number;
  readonly quarantined: number;
  readonly bytes: number;
  /** The first files that were refused; absent when none was. */
  readonly refusals?: readonly Refusal[] | undefined;
  /** Of the last listing; absent when there were none. */
  readonly leftAlone?: LeftAloneFiles | undefined;
  /** Claimed files with a time in the future; absent when there were none. */
  readonly future?: ListedFiles | undefined;
  /** What failed, in words, without values of rows; the first few. */
  readonly failures: readonly string[];
}

/** Files that a pickup saw land, by whatever outcome. */
export function endedFiles({ staged, refused, replaced, gone }: PickupCounts): number {
  return staged + refused + replaced + gone;
}

export interface LandInput extends FeedRef {
  readonly loadId: number;
  /** When its pickup began, by the warehouse's clock. */
  readonly since?: string | undefined;
  /** Signals `followArrivals` when it took long: the pickup that started it may have ended before. */
  readonly signalsWhenLate?: boolean | undefined;
  readonly progress?: ProgressTarget | undefined;
}

export interface FeedCounts {
  readonly batches: number;
  readonly loads: number;
  readonly inserted: number;
  readonly updated: number;
  /** Keys that rows deleted, or that snapshots lack. */
  readonly deleted?: number | undefined;
  /** Snapshots that were refused because they would delete too many keys. */
  readonly refused?: number | undefined;
  readonly unchanged: number;
  readonly superseded: number;
  readonly outdated: number;
  readonly leftOut: number;
}

export interface ProcessInput {
  readonly pipeline: string;
  /** These feeds alone; all when absent. */
  readonly feeds?: readonly string[] | undefined;
  /** False: leaves vault and pruning to the caller. */
  readonly vault?: boolean | undefined;
  /** The run that it works for; absent: it hosts a progress stream of its own. */
  readonly progress?: ProgressTarget | undefined;
  /** What earlier processing of the same run did. */
  readonly carried?: Readonly<Record<string, FeedCounts>> | undefined;
  /** Of a progress stream of its own. */
  readonly stream?: WorkflowStreamState | undefined;
}

export interface ProcessReport {
  readonly feeds: Readonly<Record<string, FeedCounts>>;
  /** Rows inserted by vault table; empty when the vault was left out. */
  readonly vault: Readonly<Record<string, number>>;
  readonly failures: readonly string[];
}

export interface AggregateInput {
  readonly pipeline: string;
}

export interface MartCounts {
  readonly mode: RefreshMode;
  readonly keys: number;
  readonly rows: number;
}

export interface AggregateReport {
  readonly marts: Readonly<Record<string, MartCounts>>;
  readonly processed?: ProcessedResult | undefined;
  readonly exports?: Readonly<Record<string, ExportResult>> | undefined;
  readonly outputs?: OutputsDone | undefined;
  readonly failures: readonly string[];
}

export interface ExportsInput {
  readonly pipeline: string;
  readonly exports: readonly string[];
  /** Also writes files that have these rows already. */
  readonly force?: boolean | undefined;
}

export interface ExportsReport {
  readonly exports: Readonly<Record<string, ExportResult>>;
  readonly failures: readonly string[];
}

/** A run loads every file that is in the source, or only files of some dates. */
export interface RunInput {
  readonly pipeline: string;
  readonly dates?: Period | undefined;
  /** Files of feeds whose files all have one date. */
  readonly initial?: true | undefined;
  /** The date before that on which a schedule started the run. */
  readonly daily?: true | undefined;
  /** These feeds alone; only of a run by date. */
  readonly feeds?: readonly string[] | undefined;
  /** What earlier runs of a continued one did; never given by starters. */
  readonly carried?: RunCarried | undefined;
}

export interface RunCarried {
  readonly report: RunReport;
  /** Parts of the dates that are done. */
  readonly parts: number;
  /** Of the progress stream. */
  readonly stream: WorkflowStreamState;
}

export interface RunReport {
  /** Of a run that began with an extract. */
  readonly extract?: ExtractResult | undefined;
  /** Of a run by date. */
  readonly dates?: DatesReport | undefined;
  readonly pickups: Readonly<Record<string, PickupCounts>>;
  readonly feeds: Readonly<Record<string, FeedCounts>>;
  readonly vault: Readonly<Record<string, number>>;
  readonly marts: Readonly<Record<string, MartCounts>>;
  readonly processed?: ProcessedResult | undefined;
  readonly exports?: Readonly<Record<string, ExportResult>> | undefined;
  readonly outputs?: OutputsDone | undefined;
  readonly failures: readonly string[];
}

export interface BackfillInput extends FeedRef {
  /** Its address is canonical. */
  readonly source: OtherSource;
  /** Landings side by side. */
  readonly window: number;
}

export interface RebuildInput {
  readonly pipeline: string;
  /** Qualified names; all marts when absent. */
  readonly marts?: readonly string[] | undefined;
  /** Only the rows of these days; the marts must have a day in their keys. */
  readonly period?: Period | undefined;
}

/** What the signals of `followArrivals` carry. */
export interface Arrival {
  readonly feeds: readonly string[];
}

export interface ArrivalsInput {
  readonly pipeline: string;
  /** What earlier runs of a continued one did and left to do; never given by starters. */
  readonly carried?: ArrivalsCarried | undefined;
}

export interface ArrivalsCarried {
  readonly report: RunReport;
  /** Feeds to pick up. */
  readonly arrived: readonly string[];
  /** Feeds to process. */
  readonly landed: readonly string[];
  /** Whether marts have to be refreshed. */
  readonly processed: boolean;
  /** Feeds whose rows wait for the vault and for pruning. */
  readonly awaitingVault: readonly string[];
  /** Whether the processed bucket may lack rows. */
  readonly unwritten: boolean;
  /** Of the progress stream. */
  readonly stream?: WorkflowStreamState | undefined;
}

/** What an activity reports of its attempts to its workflow. */
export interface RetryNote {
  readonly activityId: string;
  /** Absent: it is not being retried any more. */
  readonly retry?: {
    readonly activityType: string;
    /** That has just failed; 2 or more. */
    readonly attempt: number;
    /** In words that hold no values of rows. */
    readonly reason: string;
    /** When the first attempt was scheduled; ISO 8601, UTC. */
    readonly since: string;
  };
}
