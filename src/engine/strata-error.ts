import type { FailureType } from '../contracts/failures.js';

/** A failure of the closed set, with a message that says what to do; never holds secrets or values of rows. */
export class StrataError extends Error {
  override readonly name = 'StrataError';
  /** Seconds to wait before the next try, if the server that failed named them. */
  readonly waitSeconds?: number | undefined;
  constructor(
    readonly type: FailureType,
    message: string,
    options?: { cause?: unknown; waitSeconds?: number | undefined },
  ) {
    super(message, options);
    this.waitSeconds = options?.waitSeconds;
  }
}
