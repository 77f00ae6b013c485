/** What most activities are given. */

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
