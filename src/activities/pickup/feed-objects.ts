import { isArchived } from '../../engine/archive-folder.js';
import { feedsOfKey, whyAmbiguous } from '../../engine/definition/match/feeds-of-key.js';
import type { FeedDefinition } from '../../engine/definition/types.js';
import type { LeftAlone, ListOptions, ObjectStore, ObjectVersion } from '../../engine/object-store.js';
import { isQuarantined } from '../../engine/quarantine-folder.js';
import type { LoadSource } from '../../contracts/activities.js';
import { whyNotClaimable } from '../../engine/claimable.js';
import { feedsOfNeighbours, type Neighbour } from '../../engine/definition/match/neighbours.js';

interface Listed {
  /** A pickup from the pipeline's own source looks at its root, any other one at every depth. */
  readonly kind: LoadSource['kind'];
}

interface Ambiguous {
  readonly neighbours: readonly Neighbour[];
  /** Told of each object that several feeds match. */
  readonly ambiguous: (object: ObjectVersion, reason: string) => void;
}

/** Whether the pipeline archives what it loaded: folders of that name are any folders else. */
interface Archiving {
  readonly archives?: boolean;
}

/**
 * Objects of a source that belong to a feed alone among `feeds` and those of neighbours, in pages.
 * Those of which no load can be made are left out, and told.
 */
export async function* feedObjects(
  store: ObjectStore,
  feed: FeedDefinition,
  feeds: readonly FeedDefinition[],
  {
    leftAlone = () => undefined,
    ambiguous,
    neighbours,
    archives = false,
    kind,
    ...options
  }: Pick<ListOptions, 'signal' | 'leftAlone'> & Listed & Ambiguous & Archiving,
): AsyncIterable<readonly ObjectVersion[]> {
  const recursive = kind !== 'feed';
  const ownersOf = feedsOfKey(feeds);
  const othersOf = feedsOfNeighbours(store, neighbours);
  const owners = (relative: string) => ownersOf(recursive ? fileName(relative) : relative);
  const isMine = (relative: string) => !(recursive && isPutAway(relative)) && owners(relative).includes(feed);
  const isPutAway = (relative: string) => (kind === 'backfill' && isQuarantined(store.url, relative)) || (archives && isArchived(relative));
  // A folder that can't be looked into may hold files of any feed.
  const ifMine = (object: LeftAlone) => {
    if (isMine(object.key) || (recursive && object.key.endsWith('/'))) leftAlone(object);
  };
  for await (const page of store.list({ ...options, recursive, only: isMine, leftAlone: ifMine })) {
    const mine = page.filter((object) => {
      const key = store.relativeKey(object.key);
      if (!isMine(key)) return false;
      const reason = whyNotClaimable(object, key);
      if (reason !== undefined) leftAlone({ key, reason });
      const several = reason === undefined ? whyAmbiguous(owners(key), othersOf(key)) : undefined;
      if (several !== undefined) ambiguous(object, several);
      return (reason ?? several) === undefined;
    });
    if (mine.length > 0) yield mine;
  }
}

function fileName(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}
