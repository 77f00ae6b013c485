import type { ObjectStore } from '../engine/object-store.js';

/** Opened object stores, one an address, for they hold the connections. */
export interface Stores {
  /** The store that the pipeline's source setting names. */
  sourceOf(pipeline: string): ObjectStore;
  /** Whether the setting of the pipeline's source has a value: a project that only backfills needs none. */
  hasSource(pipeline: string): boolean;
  /** A store by its address. */
  open(url: string): ObjectStore;
}

export function createStores(sources: ReadonlyMap<string, () => string>, openStore: (url: string) => ObjectStore): Stores {
  const opened = new Map<string, ObjectStore>();
  const open = (url: string): ObjectStore => {
    const store = opened.get(url) ?? openStore(url);
    opened.set(url, store);
    return store;
  };
  return {
    open,
    hasSource: (pipeline) => (sources.get(pipeline)?.() ?? '') !== '',
    sourceOf: (pipeline) => {
      const url = sources.get(pipeline);
      if (!url) throw new Error(`pipeline ${pipeline} has no source`);
      return open(url());
    },
  };
}
