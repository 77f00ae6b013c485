import type { FailureType } from '../contracts/failures.js';

/** A failure of the closed set, with a message that says what to do; never holds secrets or values of rows. */
export class StrataError extends Error {
  override readonly name = 'StrataError';
  constructor(
    readonly type: FailureType,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}
