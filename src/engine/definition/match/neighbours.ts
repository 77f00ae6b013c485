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
 * Pipelines whose source is a pipeline's own or a folder of it. One that reads a folder around it is none: what lies in the folder belongs to
 * the pipeline of the folder.
 */
export function neighboursOf(pipeline: string, pipelines: Pipelines, stores: Stores): readonly Neighbour[] {
  const own = sourceUrl(pipeline, stores);
  return [...pipelines].flatMap(([name, { definition }]) => {
    const url = name === pipeline ? undefined : sourceUrl(name, stores);
    return own !== undefined && url?.startsWith(own) ? [{ definition, url }] : [];
  });
}

/** The canonical address; undefined when there is none, which that pipeline's own work tells. */
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
 * Says which feeds of neighbours match an object as well, by its key below the store: as `pipeline/feed`. In the root of a
 * source, and in the folders of a backfill, feeds go by the name of the file.
 */
export function feedsOfNeighbours(
  store: Pick<ObjectStore, 'url'>,
  neighbours: readonly Neighbour[],
): (relativeKey: string) => readonly string[] {
  const parts = neighbours.flatMap(({ definition, url }) => {
    if (!store.url.startsWith(url) && !url.startsWith(store.url)) return [];
    const below = url.slice(store.url.length);
    const folder = url.startsWith('file:') ? decodeURIComponent(below) : below;
    return [{ name: definition.name, folder, feedsOf: feedsOfKey(definition.feeds) }];
  });
  return (key) =>
    parts.flatMap(({ name, folder, feedsOf }) => {
      if (!key.startsWith(folder)) return [];
      return feedsOf(key.slice(key.lastIndexOf('/') + 1)).map((feed) => `${name}/${feed.name}`);
    });
}
