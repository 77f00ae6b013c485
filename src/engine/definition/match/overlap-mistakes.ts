import type { FeedOutline, Outline } from '../outline.js';
import { at } from '../shape-mistakes.js';
import { matchMistake } from './match-mistakes.js';
import { commonSample, sampled, type SampledPattern } from './sample-names.js';

interface SourceFeed {
  readonly label: string;
  readonly feed: FeedOutline;
  readonly match: string;
  /** Undefined where the pattern has a mistake of its own: it may take for ever on a sample. */
  readonly pattern: SampledPattern | undefined;
}

/**
 * Feeds of one source that would claim the same objects: the same pattern, or one that matches a sample of the other's names. Not every
 * overlap has such a sample; what else two feeds match is claimed by none.
 */
export function overlapMistakes(pipelines: readonly { readonly label: string; readonly outline: Outline }[]): string[] {
  const sources = new Map<string, SourceFeed[]>();
  return pipelines.flatMap(({ label, outline }) =>
    outline.feeds.flatMap((feed) => {
      if (feed.match === undefined) return [];
      const source = JSON.stringify(outline.sourceSetting === undefined ? [label] : outline.sourceSetting);
      const earlier = sources.get(source) ?? [];
      const own = { label, feed, match: feed.match, pattern: matchMistake(feed.match) === undefined ? sampled(feed.match) : undefined };
      sources.set(source, [...earlier, own]);
      const mistakes = earlier.map((other) => overlap(own, other));
      return mistakes.flatMap((text) => (text === undefined ? [] : [at(label, at(`${feed.path}.match`, text))])).slice(0, 1);
    }),
  );
}

function overlap(own: SourceFeed, other: SourceFeed): string | undefined {
  const rule = 'An object belongs to one feed at most';
  const otherPath = at(other.label, other.feed.path);
  if (own.match === other.match) return `is the same as that of ${otherPath}. ${rule}`;
  if (!own.pattern || !other.pattern) return undefined;
  const sample = commonSample(own.pattern, other.pattern);
  if (sample === undefined) return undefined;
  const names = [own, other].map(({ feed, match }) => feed.name ?? match);
  return `${names.join(' and ')} both match a file named ${JSON.stringify(sample)}, the other by ${otherPath}.match. ${rule}, so narrow one of them`;
}
