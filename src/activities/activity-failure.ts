import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { failureTypes, type FailureType } from '../contracts/failures.js';
import { ObjectChangedError, StoreError } from '../engine/object-store.js';
import { StrataError } from '../engine/strata-error.js';
import { codeOf, systemMeaning } from '../engine/system-errors.js';

/** An activity that fails as `unexpected` stops after this many attempts, because the cause is most likely a mistake in the code. */
const unexpectedAttempts = 5;

const ofStore = {
  unavailable: 'unavailable',
  denied: 'denied',
  'no-such-bucket': 'misconfigured',
  misconfigured: 'misconfigured',
} as const satisfies Record<StoreError['kind'], FailureType>;

/** A failure of the closed set; its message is fit for histories and logs. */
export interface ClosedFailure {
  readonly type: FailureType;
  readonly message: string;
}

/** Maps an error of an activity's code to the closed set. The cause is dropped, because messages of drivers quote values of rows. */
export function closedFailure(error: unknown): ClosedFailure {
  if (error instanceof StrataError) return { type: error.type, message: error.message };
  if (error instanceof StoreError) return { type: ofStore[error.kind], message: error.message };
  // An object that changed under the activity: the next attempt sees what it is now.
  if (error instanceof ObjectChangedError) return { type: 'contention', message: error.message };
  return systemFailure(error) ?? { type: 'unexpected', message: describe(error) };
}

/** An error of the worker's own machine, such as a full disk or a folder without write access. Its message names only paths. */
function systemFailure(error: unknown): ClosedFailure | undefined {
  const meaning = systemMeaning(codeOf(error) ?? '');
  if (meaning === undefined || !(error instanceof Error)) return undefined;
  const advice = meaning.advice === undefined ? '' : `: ${meaning.advice}`;
  return { type: meaning.kind, message: `on the worker's machine: ${error.message.slice(0, 500)}${advice}` };
}

/** The ApplicationFailure that an activity throws: its type is of the closed set, and decides whether Temporal retries. */
export function activityFailure(error: unknown, attempt: number): Error {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  const { type, message } = closedFailure(error);
  const giveUp = type === 'unexpected' && attempt >= unexpectedAttempts;
  const wait = error instanceof StrataError ? error.waitSeconds : undefined;
  return ApplicationFailure.create({
    type,
    message,
    nonRetryable: giveUp || !failureTypes[type].retryable,
    ...(wait !== undefined && { nextRetryDelay: `${wait} seconds` }),
  });
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'a value that is not an error was thrown';
  const fields = error as { code?: unknown; sqlState?: unknown };
  // A driver's message may quote a row: its code says enough here.
  if (fields.sqlState !== undefined) return `${error.name}: ${String(fields.code)}`;
  return `${error.name}: ${error.message}`.slice(0, 500);
}
