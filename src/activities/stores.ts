import type { ObjectStore } from '../engine/object-store.js';

/** Opened object stores, one an address, for they hold the connections. */
export interface Stores {
  /** The store that the pipeline's source setting names. */
  sourceOf(pipeline: string): ObjectStore;
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
    sourceOf: (pipeline) => {
      const url = sources.get(pipeline);
      if (!url) throw new Error(`pipeline ${pipeline} has no source`);
      return open(url());
    },
  };
}
