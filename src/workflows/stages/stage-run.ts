import type { OtherSource, Partitions } from '../../contracts/activities/pickup.js';
import type { ExtractInput } from '../../contracts/activities/extract.js';
import type { ProgressTarget } from '../../contracts/activities/refs.js';
import type { OutputWish } from '../../contracts/outputs.js';
import type { PickupCounts } from '../../contracts/workflows.js';
import type { Publish } from '../report/progress.js';
import type { LiveReport } from '../report/run-report.js';

/** What a workflow hands to the stages that it runs. */
export interface StageRun {
  readonly pipeline: string;
  readonly report: LiveReport;
  readonly publish: Publish;
  /** Of the stream that `publish` publishes to. */
  readonly progress: ProgressTarget;
  /** Feeds of a lake, of a run that takes them all. They are picked up together, and of the many few have anything to process. */
  readonly lake?: readonly string[] | undefined;
  /** Of an extract: which tables, and whether all of their rows. */
  readonly extract?: ExtractInput | undefined;
  /** Of a backfill: where the files are, and how many land side by side. */
  readonly backfill?: { readonly source: OtherSource; readonly window: number } | undefined;
  /** Of a run by date: the dates whose files are picked up now. */
  readonly part?: DatedPart | undefined;
  /** Of a run by date: what is wanted of the outputs by date. All dates that have files when absent. */
  readonly outputs?: Pick<OutputWish, 'dates' | 'feeds'> | undefined;
}

export interface DatedPart {
  /** For ids and people. */
  readonly name: string;
  readonly partitions: Partitions;
  /** Takes what a pickup did, or undefined if it failed. */
  readonly pickedUp: (feed: string, counts: PickupCounts | undefined) => void;
}
