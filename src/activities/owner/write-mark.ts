import { ownerKey, ownerText, type SourceOwner } from '../../engine/source-owner.js';
import { StoreError, type ObjectStore } from '../../engine/object-store.js';
import { StrataError } from '../../engine/strata-error.js';

/** The mark of a source can't be written there. */
export class UnmarkedError extends StrataError {
  constructor(
    /** The message without what became of files. */
    readonly why: string,
    withoutIt: string,
    options: { cause: unknown },
  ) {
    super('denied', `${why}. ${withoutIt}`, options);
  }
}

/**
 * Writes the mark of a source. Undefined when someone else was faster. Throws UnmarkedError where it can't be written; `withoutIt` says at
 * its end what became of files.
 */
export async function writeMark(
  store: ObjectStore,
  owner: SourceOwner,
  tag: string | undefined,
  withoutIt: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  try {
    return await store.writeNote(ownerKey, ownerText(owner), tag, signal);
  } catch (error) {
    if (!(error instanceof StoreError) || error.kind !== 'denied') throw error;
    const why = `${store.url} can't be marked as the source of this warehouse, so a second warehouse on it would go unnoticed: ${error.message}. Let the worker write ${ownerKey} there (in a bucket s3:PutObject, in a folder the right to write)`;
    throw new UnmarkedError(why, withoutIt, { cause: error });
  }
}
