/** The activity that brings a database's changed rows into a lake: names and counts; never rows or values of rows. */
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

export interface ExtractResult {
  readonly run: number;
  readonly kind: 'incremental' | 'full';
  /** ISO 8601, UTC. */
  readonly snapshotAt: string;
  readonly tables: readonly ExtractedTable[];
  /** Runs of earlier attempts that were found in the lake, and that the warehouse did not know yet. */
  readonly takenOver: readonly number[];
}

export interface ExtractActivities {
  /** One run: one snapshot of all tables, their objects, and the manifest that makes them exist. */
  extractSource(input: ExtractInput & { readonly progress?: ProgressTarget | undefined }): Promise<ExtractResult>;
}
