import type { ObjectStore, ObjectVersion } from './object-store.js';

/** Wrong behaviours of a store. Strata leaves the object alone. */
export type StoreFault = 'listing-differs' | 'unknown-key' | 'not-deleted';

/** Each completes the sentence "<the object>: ...", and says what to do. */
export const storeFaults: Readonly<Record<StoreFault, string>> = {
  'listing-differs':
    "the store's listing and HEAD disagree about its ETag, size or time, so nobody can say which version it is. It is left alone. " +
    'Update the server, or remove the proxy that changes its answers, then put the object again',
  'unknown-key':
    'the store lists a name that it does not know itself, as some servers do with control characters in names. It is left alone. ' +
    'Rename the object with the program that put it',
  'not-deleted':
    'it was loaded and the store confirmed its deletion, but it is still there as it was. It is not loaded again. ' +
    'Check the server and its object locks, then delete the object',
};

/** Control characters, and what servers list in place of those that XML can't hold. */
const oddName = /[\p{Cc}\ufffd]/u;
const looksAtOnce = 16;

/**
 * Those of the listed objects whose names the store itself does not know, with what is wrong: nobody took them away. Names without odd
 * characters are not looked at.
 */
export async function misnamed(
  store: Pick<ObjectStore, 'lookAgain' | 'relativeKey'>,
  listed: readonly ObjectVersion[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<ObjectVersion, string>> {
  const faults = new Map<ObjectVersion, string>();
  const odd = store.lookAgain ? listed.filter(({ key }) => oddName.test(store.relativeKey(key))) : [];
  const look = async (object: ObjectVersion) => {
    if ((await store.lookAgain?.(object, signal)) === 'gone') faults.set(object, storeFaults['unknown-key']);
  };
  for (let first = 0; first < odd.length; first += looksAtOnce) await Promise.all(odd.slice(first, first + looksAtOnce).map(look));
  return faults;
}
