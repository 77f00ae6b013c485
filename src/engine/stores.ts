import type { ObjectStore } from './object-store.js';
import { shownAddress } from './shown-address.js';
import { StrataError } from './strata-error.js';

/** Opened object stores, one an address, for they hold the connections. */
export interface Stores {
  /** The store that the pipeline's source setting names. */
  sourceOf(pipeline: string): ObjectStore;
  /** Whether the setting of the pipeline's source has a value: a project that only backfills needs none. */
  hasSource(pipeline: string): boolean;
  /** A store by its address. */
  open(url: string): ObjectStore;
  /** The store that a workflow names as the source of a backfill. Throws `denied` when no backfill may read there. */
  openForBackfill(url: string): ObjectStore;
}

/** `backfillSources`: besides the pipelines' sources, the only places that backfills may read from; undefined: all. */
export function createStores(
  sources: ReadonlyMap<string, () => string>,
  openStore: (url: string) => ObjectStore,
  backfillSources?: readonly string[],
): Stores {
  const opened = new Map<string, ObjectStore>();
  const open = (url: string): ObjectStore => {
    const store = opened.get(url) ?? openStore(url);
    opened.set(url, store);
    return store;
  };
  const mayRead = (store: ObjectStore) => {
    if (backfillSources === undefined) return true;
    const own = [...sources.values()].map((url) => url()).filter((url) => url !== '');
    return [...own, ...backfillSources].some((url) => store.url.startsWith(open(url).url));
  };
  return {
    open,
    openForBackfill: (url) => {
      const store = open(url);
      if (mayRead(store)) return store;
      throw new StrataError(
        'denied',
        `no backfill may read from ${shownAddress(store.url)}: add it to STRATA_BACKFILL_SOURCES of every worker and restart them`,
      );
    },
    hasSource: (pipeline) => (sources.get(pipeline)?.() ?? '') !== '',
    sourceOf: (pipeline) => {
      const url = sources.get(pipeline);
      if (!url) throw new Error(`pipeline ${pipeline} has no source`);
      return open(url());
    },
  };
}
