import type { FeedDefinition } from '../engine/definition/types.js';
import type { ObjectStore, ObjectVersion } from '../engine/object-store.js';
import { quarantineFolder } from '../engine/quarantine-folder.js';

/** Objects of a source that belong to a feed, in pages. A pickup looks at the source's root, a backfill at every depth. */
export async function* feedObjects(
  store: ObjectStore,
  feed: FeedDefinition,
  options: { readonly recursive: boolean; readonly signal?: AbortSignal },
): AsyncIterable<readonly ObjectVersion[]> {
  const matcher = new RegExp(feed.match, 'u');
  for await (const page of store.list(options)) {
    const mine = page.filter(({ key }) => {
      const relative = store.relativeKey(key);
      return options.recursive ? !relative.startsWith(quarantineFolder) && matcher.test(fileName(relative)) : matcher.test(relative);
    });
    if (mine.length > 0) yield mine;
  }
}

function fileName(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}
