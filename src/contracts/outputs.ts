/** What crosses Temporal of files that are made from the warehouse, and of outputs by date: marts and files that each date has. */
import type { Period, ProgressTarget } from './activities/refs.js';

/** An output. In a plan it comes after the outputs that it reads. */
export interface OutputStep {
  /** The target of a mart, or the name of an export. */
  readonly output: string;
  readonly after: readonly string[];
}

export interface OutputDate {
  /** yyyy-mm-dd */
  readonly date: string;
  /** It is one of the dates that were asked for; any other one was written before, and is stale. */
  readonly asked: boolean;
  /** What is to be written, as indexes into the plan's outputs: a plan of a hundred dates stays small. */
  readonly outputs: readonly number[];
}

/** What is to be written, in the order of dates, at most 100 of them. */
export interface OutputPlan {
  /** Each behind those that it reads. */
  readonly outputs: readonly OutputStep[];
  readonly dates: readonly OutputDate[];
  /** Outputs of the dates asked for, among those that the plan looked at, that are up to date. */
  readonly current: number;
  /** The last date that the plan looked at; null when there are no later ones. */
  readonly next: string | null;
}

/** What is wanted of a pipeline's outputs by date. */
export interface OutputWish {
  readonly pipeline: string;
  /** Absent: no dates but those that were written before and are stale. */
  readonly dates?: Period | undefined;
  /** All dates for which files were delivered, except the date of feeds that have one date for all files. */
  readonly delivered?: boolean | undefined;
  /** Only outputs that read something that these feeds deliver; all when absent. */
  readonly feeds?: readonly string[] | undefined;
  /** These outputs alone; all when absent. */
  readonly outputs?: readonly string[] | undefined;
  /** Computes the outputs of the dates asked for also where they are up to date, and no other date's. */
  readonly again?: boolean | undefined;
}

export const outputStates = ['written', 'same', 'current'] as const;
/** `same`: a file had these rows already, and was not touched. `current`: it was up to date when its turn came. */
export type OutputState = (typeof outputStates)[number];

export interface OutputResult {
  readonly state: OutputState;
  readonly rows: number;
  /** Of the file, or of all its parts; 0 of a mart. */
  readonly bytes: number;
  /** Files of an export; absent where none was looked at. */
  readonly parts?: number | undefined;
}

export interface OutputActivities {
  /** The outputs that are to be written, of dates after `after`. */
  planOutputs(input: OutputWish & { readonly after?: string | undefined }): Promise<OutputPlan>;
  /** Writes one output of one date, unless it is up to date and not asked for again; who writes the same one at the same time waits. */
  writeOutput(input: {
    readonly pipeline: string;
    readonly output: string;
    readonly date: string;
    readonly again?: boolean | undefined;
    /** Puts the file in place also where it has these rows already. */
    readonly force?: boolean | undefined;
    readonly progress?: ProgressTarget | undefined;
  }): Promise<OutputResult>;
}

/** What became of one output, over all dates. */
export interface OutputCounts {
  /** Dates by what was done. */
  readonly written: number;
  readonly same: number;
  readonly failed: number;
  /** Of all that were computed. */
  readonly rows: number;
  readonly bytes: number;
}

/** What became of the outputs by date. */
export interface OutputsDone {
  readonly byOutput: Readonly<Record<string, OutputCounts>>;
  /** Outputs of the dates asked for that were up to date. */
  readonly current: number;
  /** Dates that were not asked for, and were written again as they were stale: how many, and the first few. */
  readonly otherDates: { readonly dates: number; readonly first: readonly string[] };
  /** Dates asked for with an output that could not be written; absent where there are none. */
  readonly failed?: readonly Period[] | undefined;
}

export interface OutputsReport {
  readonly outputs: OutputsDone;
  readonly failures: readonly string[];
}

export interface OutputsInput extends OutputWish {
  readonly force?: boolean | undefined;
  /** The run that it works for; absent: it hosts a progress stream of its own. */
  readonly progress?: ProgressTarget | undefined;
  /** What earlier runs of a continued one did; never given by starters. */
  readonly carried?: OutputsCarried | undefined;
}

export interface OutputsCarried extends OutputsReport {
  /** Failures that are counted, and not listed. */
  readonly unlisted: number;
  /** The last date that was planned. */
  readonly after: string;
}

/** What an export wrote, or left as it was. */
export interface ExportResult {
  /** Of part 0, below the pipeline's export address. */
  readonly key: string;
  readonly rows: number;
  readonly bytes: number;
  /** How many files there are; absent in histories of earlier versions, where it is one. */
  readonly parts?: number | undefined;
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
