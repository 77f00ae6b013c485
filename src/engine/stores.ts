import type { ObjectStore } from './object-store.js';
import { shownAddress } from './shown-address.js';
import { StrataError } from './strata-error.js';

/** Opened object stores, one for each address, because they hold the connections. */
export interface Stores {
  /** The store that the pipeline's source setting names. */
  sourceOf(pipeline: string): ObjectStore;
  /** Whether the setting of the pipeline's source has a value: a project that only backfills needs none. */
  hasSource(pipeline: string): boolean;
  /** Where the pipeline's exports are written. */
  exportsOf(pipeline: string): ObjectStore;
  /** The pipeline's processed bucket; undefined where its setting has no value. */
  processedOf(pipeline: string): ObjectStore | undefined;
  /** A store by its address. */
  open(url: string): ObjectStore;
  /** The store that a workflow names as the source of a backfill. Throws `denied` when no backfill may read there. */
  openForBackfill(url: string): ObjectStore;
}

export interface StoresOptions {
  /** Besides the pipelines' sources, the only places that backfills may read from; all when absent. */
  readonly backfillSources?: readonly string[] | undefined;
  /** Addresses of exports by pipeline; '' where none is set. */
  readonly exports?: ReadonlyMap<string, () => string> | undefined;
  /** Addresses of processed buckets by pipeline, as those of exports. */
  readonly processed?: ReadonlyMap<string, () => string> | undefined;
}

/** The stores at these addresses, by pipeline, each opened when first used. */
export function createStores(
  sources: ReadonlyMap<string, () => string>,
  openStore: (url: string) => ObjectStore,
  { backfillSources, exports = new Map(), processed = new Map() }: StoresOptions = {},
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
    exportsOf: (pipeline) => {
      const url = exports.get(pipeline)?.() ?? '';
      if (url === '')
        throw new StrataError(
          'misconfigured',
          `where the exports of ${pipeline} are written is not set: set its export setting of every worker`,
        );
      return open(url);
    },
    processedOf: (pipeline) => {
      const url = processed.get(pipeline)?.() ?? '';
      if (url === '') return undefined;
      const bucket = open(url);
      const source = sources.get(pipeline)?.() ?? '';
      // Both have manifests at the same keys.
      if (source !== '' && open(source).url === bucket.url)
        throw new StrataError(
          'misconfigured',
          `${shownAddress(bucket.url)} is the source of ${pipeline} and its processed bucket: give the processed bucket an address of its own`,
        );
      return bucket;
    },
    hasSource: (pipeline) => (sources.get(pipeline)?.() ?? '') !== '',
    sourceOf: (pipeline) => {
      const url = sources.get(pipeline);
      if (!url) throw new Error(`pipeline ${pipeline} has no source`);
      return open(url());
    },
  };
}
