import type { FailureType } from '../../contracts/failures.js';

/** What became of one try to deliver a message. Texts hold neither addresses nor what the server said, which may quote them. */
export type Delivery =
  | { readonly outcome: 'taken' }
  /** To be tried again: after so many milliseconds where the receiver said so. */
  | { readonly outcome: 'later'; readonly why: string; readonly after?: number | undefined }
  /** Another try would end in the same way. */
  | { readonly outcome: 'never'; readonly type: FailureType; readonly why: string };
