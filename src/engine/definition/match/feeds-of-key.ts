import { feedMatcher } from './feed-matcher.js';
import type { FeedDefinition } from '../types.js';

/** Says to which feeds a name belongs, by the patterns of a pipeline's feeds: to none, to one, or by mistake to several. */
export function feedsOfKey(feeds: readonly FeedDefinition[]): (relativeKey: string) => readonly FeedDefinition[] {
  const matchers = feeds.map((feed) => ({ feed, matcher: feedMatcher(feed.match) }));
  return (key) => matchers.filter(({ matcher }) => matcher.test(key)).map(({ feed }) => feed);
}

/** Why no feed takes an object of that name: in which one its rows belong, only a person can tell. Of other pipelines' feeds: `pipeline/feed`. */
export function whyAmbiguous(owners: readonly FeedDefinition[], others: readonly string[] = []): string | undefined {
  const names = [...owners.map(({ name }) => name), ...others];
  if (owners.length === 0 || names.length < 2) return undefined;
  return `the feeds ${names.join(' and ')} ${names.length === 2 ? 'both' : 'all'} match it; narrow the match so that one does, then run: strata migrate`;
}
