import { feedsOfKey } from './feeds-of-key.js';
import type { PipelineDefinition } from '../types.js';
import { StoreError, type ObjectStore } from '../../object-store.js';
import type { Stores } from '../../stores.js';

type Pipelines = ReadonlyMap<string, { readonly definition: PipelineDefinition }>;

/** Another pipeline that reads the same source, or a folder of it. */
export interface Neighbour {
  readonly definition: PipelineDefinition;
  readonly url: string;
}

/**
 * Pipelines whose source is the source of this pipeline, or a folder in it. A pipeline whose source contains this one is not among them,
 * because files in the folder belong to the pipeline of the folder.
 */
export function neighboursOf(pipeline: string, pipelines: Pipelines, stores: Stores): readonly Neighbour[] {
  const own = sourceUrl(pipeline, stores);
  return [...pipelines].flatMap(([name, { definition }]) => {
    const url = name === pipeline ? undefined : sourceUrl(name, stores);
    return own !== undefined && url?.startsWith(own) ? [{ definition, url }] : [];
  });
}

/** The canonical address. Undefined when the setting is missing or wrong, which the work of that pipeline reports. */
function sourceUrl(pipeline: string, stores: Stores): string | undefined {
  if (!stores.hasSource(pipeline)) return undefined;
  try {
    return stores.sourceOf(pipeline).url;
  } catch (error) {
    if (error instanceof StoreError) return undefined;
    throw error;
  }
}

/**
 * Says which feeds of neighbours match an object as well, by its key below the store: as `pipeline/feed`. In the folders of a backfill
 * patterns of names match at every depth.
 */
export function feedsOfNeighbours(
  store: Pick<ObjectStore, 'url'>,
  neighbours: readonly Neighbour[],
): (relativeKey: string) => readonly string[] {
  const parts = neighbours.flatMap(({ definition, url }) => {
    if (!store.url.startsWith(url) && !url.startsWith(store.url)) return [];
    const feedsOf = feedsOfKey(definition.feeds, { anyDepth: true });
    return [{ name: definition.name, folder: folderBelow(store.url, url), above: folderBelow(url, store.url), feedsOf }];
  });
  return (key) =>
    parts.flatMap(({ name, folder, above, feedsOf }) => {
      if (!key.startsWith(folder)) return [];
      return feedsOf(above + key.slice(folder.length)).map((feed) => `${name}/${feed.name}`);
    });
}

/** The folder of an address below another one, as keys have it; '' if it is not below that one. */
export function folderBelow(url: string, address: string): string {
  if (!address.startsWith(url)) return '';
  const below = address.slice(url.length);
  return url.startsWith('file:') ? decodeURIComponent(below) : below;
}
