import { defineSignal, setCurrentDetails, setHandler } from '@temporalio/workflow';
import { retrySignal } from '../../contracts/names.js';
import type { RetryNote } from '../../contracts/workflows.js';

/** Retrying activities that are listed. More of them usually have the same reason. */
const listed = 10;

type Retry = NonNullable<RetryNote['retry']>;

/** The activities of this workflow run that are being retried. Each workflow run has its own copy of this module. */
const retries = new Map<string, Retry>();
let report = '';

/** Sets what Temporal Web shows for this run: the activities that are being retried, and below them the report, in Markdown. */
export function showDetails(markdown: string): void {
  report = markdown;
  show();
}

/** Shows the activities of this run that fail and are tried again, each with its reason. Called once, when a workflow begins. */
export function showRetries(): void {
  setHandler(defineSignal<[RetryNote]>(retrySignal), ({ activityId, retry }) => {
    if (retry) retries.set(activityId, retry);
    else retries.delete(activityId);
    show();
  });
}

function show(): void {
  setCurrentDetails([retryList([...retries.values()]), report].filter((part) => part !== '').join('\n\n'));
}

/** Markdown: what is tried again, and why. */
function retryList(waiting: readonly Retry[]): string {
  if (waiting.length === 0) return '';
  const lines = waiting
    .slice(0, listed)
    .map(
      ({ activityType, attempt, reason, since }) =>
        `- \`${activityType}\` since ${since.slice(0, 19).replace('T', ' ')} UTC, attempt ${attempt}: ${reason}`,
    );
  const more = waiting.length > listed ? [`- and ${waiting.length - listed} more`] : [];
  return ['**Waiting: these steps fail and are tried again**', '', ...lines, ...more].join('\n');
}
