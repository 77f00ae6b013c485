/** The activity that brings a database's changed rows, or a server's answers, into a lake: names and counts; never rows or values of rows. */
import type { ProgressTarget } from './refs.js';

export interface ExtractInput {
  readonly pipeline: string;
  readonly extract: string;
  /** Every row, also those that the lake has. */
  readonly full?: boolean | undefined;
  /** These tables alone; all when absent. */
  readonly tables?: readonly string[] | undefined;
}

export interface ExtractedTable {
  readonly name: string;
  /** full: every row; changed: new row versions; compared: every row was read, and those that differ from the lake were written. */
  readonly way: 'full' | 'changed' | 'compared' | null;
  /** Why every row was read although changes were asked for. */
  readonly because?: string | undefined;
  readonly rows: number;
  readonly objects: number;
  /** Of its objects as they are stored. */
  readonly bytes: number;
  /** Why it was not read, and what to do. */
  readonly leftOut?: string | undefined;
  /** Columns that the last run did not see. */
  readonly added?: readonly string[] | undefined;
  /** Rows that were changed more than five minutes after the snapshot, by their own mark: a clock is wrong. */
  readonly future?: number | undefined;
}

/** Of a database. */
export interface ExtractedRun {
  readonly run: number;
  readonly kind: 'incremental' | 'full';
  /** ISO 8601, UTC. Of a standby: the time of the last transaction that it had taken in. */
  readonly snapshotAt: string;
  /** For how long the source kept the snapshot. Results of earlier versions don't say. */
  readonly heldSeconds?: number | undefined;
  readonly tables: readonly ExtractedTable[];
  /** Runs of earlier attempts that were found in the lake, and that the warehouse did not know yet. */
  readonly takenOver: readonly number[];
}

/** A day that got no good answer. It is asked for again by the next run. */
export interface UnansweredDay {
  /** What was asked for, by the values of its requests. */
  readonly series: string;
  readonly day: string;
  /** What to do, too. */
  readonly why: string;
}

/** Of a server that answers by HTTP; counts of days. */
export interface AnswersResult {
  readonly kind: 'answers';
  readonly wanted: number;
  /** With an answer that the lake has since. */
  readonly kept: number;
  /** With the answer that the lake had. */
  readonly same: number;
  /** Of which the server has nothing. */
  readonly none: number;
  /** Of the days with an answer: those whose answer names another day. */
  readonly otherDate: number;
  /** The first ones. */
  readonly unanswered: readonly UnansweredDay[];
  /** That were not asked for, because too many before them got no good answer. Results of earlier versions don't say. */
  readonly skipped?: number | undefined;
  /** The setting that is not set, of an optional extract. */
  readonly notSet?: string | undefined;
}

export type ExtractResult = ExtractedRun | AnswersResult;

export interface ExtractActivities {
  /** One run. Of a database: one snapshot of all tables, their objects, and the manifest that makes them exist. */
  extractSource(input: ExtractInput & { readonly progress?: ProgressTarget | undefined }): Promise<ExtractResult>;
}
