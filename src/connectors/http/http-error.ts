import type { FailureType } from '../../contracts/failures.js';
import { StrataError } from '../../engine/strata-error.js';

/** Why a server gave no answer. `reach` says whether that holds for this request only, for now, or for every request. */
export class HttpError extends StrataError {
  constructor(
    type: FailureType,
    message: string,
    readonly reach: 'request' | 'for now' | 'always',
    options?: ConstructorParameters<typeof StrataError>[2],
  ) {
    super(type, message, options);
  }
}
