import { feedMatcher } from './feed-matcher.js';
import type { FeedDefinition } from '../types.js';

/** Says to which feeds a name belongs, by the patterns of a pipeline's feeds: to none, to one, or by mistake to several. */
export function feedsOfKey(feeds: readonly FeedDefinition[]): (relativeKey: string) => readonly FeedDefinition[] {
  const matchers = feeds.map((feed) => ({ feed, matcher: feedMatcher(feed.match) }));
  return (key) => matchers.filter(({ matcher }) => matcher.test(key)).map(({ feed }) => feed);
}

/** Why no feed takes an object of that name: in which one its rows belong, only a person can tell. */
export function whyAmbiguous(owners: readonly FeedDefinition[]): string | undefined {
  if (owners.length < 2) return undefined;
  return `the feeds ${owners.map(({ name }) => name).join(' and ')} both match it; narrow the match of one of them, then run: strata migrate`;
}
