import type { ProgressTarget } from './activities.js';

/** What an export wrote, or left as it was. */
export interface ExportResult {
  /** Below the pipeline's export address. */
  readonly key: string;
  readonly rows: number;
  readonly bytes: number;
  /** False: the file had these rows already, and was not touched. */
  readonly changed: boolean;
}

export interface ExportActivities {
  /** The exports whose file, SQL or marts are not those of the last time, in the order of their files' names. */
  findStaleExports(input: { readonly pipeline: string }): Promise<readonly string[]>;
  /** Computes the rows, and puts the file in place in one step where they differ from the last time, or where `force` says so. */
  writeExport(input: {
    readonly pipeline: string;
    readonly export: string;
    readonly force?: boolean | undefined;
    readonly progress?: ProgressTarget | undefined;
  }): Promise<ExportResult>;
}
