/** The activity that writes changed rows of marts to a processed bucket: names and counts; never rows or values of rows. */
import type { ProgressTarget } from './refs.js';

export interface ProcessedResult {
  /** Null where no row has changed. */
  readonly run: number | null;
  /** Those with rows. */
  readonly tables: readonly {
    readonly name: string;
    readonly rows: number;
    /** Of its objects as they are stored. */
    readonly bytes: number;
  }[];
  /** Nothing was written: the bucket has runs of the lake up to `needs`, and the warehouse is at `has`. */
  readonly behind?: { readonly has: number; readonly needs: number } | undefined;
  /** Tables that could not be read, and why. */
  readonly failed?: readonly { readonly name: string; readonly message: string }[] | undefined;
}

export interface ProcessedActivities {
  /** One run of the pipeline's processed bucket, where rows of its marts have changed. */
  writeProcessed(input: { readonly pipeline: string; readonly progress?: ProgressTarget | undefined }): Promise<ProcessedResult>;
}
