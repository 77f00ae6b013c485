import type { FeedDefinition, PipelineDefinition } from '../engine/definition/types.js';
import type { ObjectStore } from '../engine/object-store.js';

export interface WaitingFiles {
  readonly feeds: Readonly<Record<string, { readonly files: number; readonly bytes: number; readonly oldest: string | undefined }>>;
  /** Objects in the source's root that belong to no feed: how many, and the first few keys. */
  readonly others: { readonly files: number; readonly keys: readonly string[] };
}

const shownKeys = 20;

/** What is in a pipeline's source now: a file that is present has not been processed yet. */
export async function waitingFiles(store: ObjectStore, { feeds }: PipelineDefinition): Promise<WaitingFiles> {
  const matchers = feeds.map((feed) => ({ feed, matcher: new RegExp(feed.match, 'u') }));
  const counts = new Map<FeedDefinition, { files: number; bytes: number; oldest: string | undefined }>();
  for (const feed of feeds) counts.set(feed, { files: 0, bytes: 0, oldest: undefined });
  const keys: string[] = [];
  let others = 0;
  for await (const page of store.list({ recursive: false })) {
    for (const object of page) {
      const key = store.relativeKey(object.key);
      const count = counts.get(matchers.find(({ matcher }) => matcher.test(key))?.feed ?? ({} as FeedDefinition));
      if (count) {
        count.files += 1;
        count.bytes += object.size;
        if (count.oldest === undefined || object.lastModified < count.oldest) count.oldest = object.lastModified;
      } else {
        others += 1;
        if (keys.length < shownKeys) keys.push(key);
      }
    }
  }
  return { feeds: Object.fromEntries([...counts].map(([feed, count]) => [feed.name, count])), others: { files: others, keys } };
}
