import { isArchived } from '../../folders/archive-folder.js';
import { isQuarantined } from '../../folders/quarantine-folder.js';
import { releaseKindOf } from '../release.js';
import type { FeedDefinition, PipelineDefinition } from '../types.js';
import { feedMatcher, type Depth } from './feed-matcher.js';

/** Says to which feeds a key below a source belongs, by the patterns of a pipeline's feeds: to none, to one, or by mistake to several. */
export function feedsOfKey(feeds: readonly FeedDefinition[], depth: Depth = {}): (relativeKey: string) => readonly FeedDefinition[] {
  const matchers = feeds.map((feed) => ({ feed, matcher: feedMatcher(feed.match, depth) }));
  return (key) => matchers.filter(({ matcher }) => matcher.test(key)).map(({ feed }) => feed);
}

/** The same as a pickup from the pipeline's own source, whose address that is, sees it: what Strata has put away there is of no feed. */
export function feedsOfPickup(
  { feeds, release }: Pick<PipelineDefinition, 'feeds' | 'release'>,
  sourceUrl: string,
): (relativeKey: string) => readonly FeedDefinition[] {
  const feedsOf = feedsOfKey(feeds);
  const isPutAway = whichPutAway({ release }, sourceUrl);
  return (key) => (isPutAway(key) ? [] : feedsOf(key));
}

/** Says whether Strata has put an object away in a source: folders of the archive's name are any folders where the pipeline has none. */
export function whichPutAway({ release }: Pick<PipelineDefinition, 'release'>, sourceUrl: string): (relativeKey: string) => boolean {
  const archives = releaseKindOf({ release }) === 'archive';
  return (key) => key.includes('/') && (isQuarantined(sourceUrl, key) || (archives && isArchived(key)));
}

/** Why no feed takes an object of that name: only a person can say in which one its rows belong. Of other pipelines' feeds: `pipeline/feed`. */
export function whyAmbiguous(owners: readonly FeedDefinition[], others: readonly string[] = []): string | undefined {
  const names = [...owners.map(({ name }) => name), ...others];
  if (owners.length === 0 || names.length < 2) return undefined;
  return `the feeds ${names.join(' and ')} ${names.length === 2 ? 'both' : 'all'} match it. Narrow the match so that one does, then run: strata migrate`;
}
