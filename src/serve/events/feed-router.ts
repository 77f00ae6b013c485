import type { FeedRef } from '../../contracts/activities/refs.js';
import { runOfManifest } from '../../contracts/lake/manifest.js';
import { feedsOfPickup } from '../../engine/definition/match/feeds-of-key.js';
import type { FeedDefinition, PipelineDefinition } from '../../engine/definition/types.js';
import type { CreatedObject } from './s3-events.js';

export interface RoutedSource {
  readonly definition: Pick<PipelineDefinition, 'name' | 'feeds' | 'release'>;
  /** The source's canonical address: `s3://bucket/prefix/` or `file:///folder/`. */
  readonly url: string;
}

interface Route extends RoutedSource {
  readonly feedsOf: (relativeKey: string) => readonly FeedDefinition[];
}

/** Finds the feeds that an object belongs to, as a pickup would: by source and by the key below it. */
export class FeedRouter {
  private readonly routes: readonly Route[];

  constructor(sources: readonly RoutedSource[]) {
    this.routes = sources.map((source) => ({ ...source, feedsOf: feedsAwaiting(source) }));
  }

  get all(): FeedRef[] {
    return this.routes.flatMap(({ definition }) => definition.feeds.map((feed) => ({ pipeline: definition.name, feed: feed.name })));
  }

  ofObject({ bucket, keys }: CreatedObject): FeedRef[] {
    return this.matching((url) => keys.flatMap((key) => below(url, `s3://${bucket}/${key}`)));
  }

  /** A file's path below the folder of a `file:///` source. */
  ofFile(folderUrl: string, path: string): FeedRef[] {
    return this.matching((url) => (url === folderUrl ? [path] : []));
  }

  private matching(keysBelow: (url: string) => readonly string[]): FeedRef[] {
    return this.routes.flatMap(({ definition, url, feedsOf }) => {
      const feeds = new Set(keysBelow(url).flatMap((key) => (key === '' ? [] : feedsOf(key))));
      return [...feeds].map((feed) => ({ pipeline: definition.name, feed: feed.name }));
    });
  }
}

/** The feeds that a new object is work for: objects of a lake wait for the manifest of their run. */
function feedsAwaiting({ definition, url }: RoutedSource): (relativeKey: string) => readonly FeedDefinition[] {
  const feedsOf = feedsOfPickup(definition, url);
  const ofLake = definition.feeds.filter(({ manifest }) => manifest !== undefined);
  return (key) => (runOfManifest(key) === undefined ? feedsOf(key).filter((feed) => !ofLake.includes(feed)) : ofLake);
}

function below(url: string, address: string): string[] {
  return address.startsWith(url) ? [address.slice(url.length)] : [];
}
