import type { WorkflowExecutionDescription } from '@temporalio/client';

type Time = NonNullable<NonNullable<WorkflowExecutionDescription['raw']['workflowExecutionInfo']>['startTime']>;

/** A time of Temporal's API. */
export function dateOf({ seconds, nanos }: Time): Date {
  return new Date(Number(seconds ?? 0) * 1_000 + (nanos ?? 0) / 1_000_000);
}
