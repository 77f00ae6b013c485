import { isDate } from '../../../contracts/dates/dates.js';
import type { FeedDefinition } from '../types.js';
import { feedMatcher, type Depth } from './feed-matcher.js';

/** The date that a file belongs to, of a feed with a partition; `mistake` where its key names none. */
export interface Partition {
  readonly date?: string;
  /** A sentence that begins with "it" and says what to do. */
  readonly mistake?: string;
}

/** Says which date a file of the feed belongs to, by its key below the source. */
export function partitionsOf({ match, partition }: FeedDefinition, depth: Depth = {}): (key: string) => Partition {
  if (partition === undefined) return () => ({});
  if ('value' in partition) return () => ({ date: partition.value });
  const matcher = feedMatcher(match, depth);
  return (key) => {
    const text = matcher.groupsOf(key)?.[partition.group] ?? '';
    return isDate(text)
      ? { date: text }
      : {
          mistake: `it names no date: ${JSON.stringify(text)} is not a date of the years 1000 to 9999, such as 2024-01-31. Put it where such a date stands`,
        };
  };
}
