/** Activities that bring changes to marts and to the vault. */
import type { PruneResult } from './processing.js';
import type { Period, ProgressTarget } from './refs.js';

/** A mart. In a plan it comes after the marts that it reads. */
export interface MartStep {
  /** Qualified name. */
  readonly mart: string;
  readonly after: readonly string[];
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
  /** The pipeline has a processed bucket, which may lack rows now. */
  readonly hasProcessed?: true | undefined;
}

/** The same of the vault's tables. */
export interface StaleVault {
  /** Rows inserted by table. */
  readonly rows: Readonly<Record<string, number>>;
  readonly left: readonly string[];
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
