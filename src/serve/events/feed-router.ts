import type { FeedRef } from '../../contracts/activities.js';
import { feedMatcher, type FeedMatcher } from '../../engine/definition/match/feed-matcher.js';
import type { PipelineDefinition } from '../../engine/definition/types.js';
import type { CreatedObject } from './s3-events.js';

export interface RoutedSource {
  readonly definition: Pick<PipelineDefinition, 'name' | 'feeds'>;
  /** The source's canonical address: `s3://bucket/prefix/` or `file:///folder/`. */
  readonly url: string;
}

interface Route extends FeedRef {
  readonly url: string;
  readonly matcher: FeedMatcher;
}

/** Finds the feeds that an object belongs to, as a pickup would: by source and by the key below it, at the source's root alone. */
export class FeedRouter {
  private readonly routes: readonly Route[];

  constructor(sources: readonly RoutedSource[]) {
    this.routes = sources.flatMap(({ definition, url }) =>
      definition.feeds.map((feed) => ({ pipeline: definition.name, feed: feed.name, url, matcher: feedMatcher(feed.match) })),
    );
  }

  get all(): FeedRef[] {
    return this.routes.map(({ pipeline, feed }) => ({ pipeline, feed }));
  }

  ofObject({ bucket, keys }: CreatedObject): FeedRef[] {
    return this.matching((url) => keys.flatMap((key) => below(url, `s3://${bucket}/${key}`)));
  }

  /** A file's name in the folder of a `file:///` source. */
  ofFile(folderUrl: string, name: string): FeedRef[] {
    return this.matching((url) => (url === folderUrl ? [name] : []));
  }

  private matching(namesBelow: (url: string) => readonly string[]): FeedRef[] {
    return this.routes
      .filter(({ url, matcher }) => namesBelow(url).some((name) => name !== '' && !name.includes('/') && matcher.test(name)))
      .map(({ pipeline, feed }) => ({ pipeline, feed }));
  }
}

function below(url: string, address: string): string[] {
  return address.startsWith(url) ? [address.slice(url.length)] : [];
}
