import { describe, expect, it } from '@jest/globals';
import { feedMatcher, groupNames } from '../../../../src/engine/definition/match/feed-matcher.js';
import { feedsOfPickup } from '../../../../src/engine/definition/match/feeds-of-key.js';
import { listScope, listScopes } from '../../../../src/engine/definition/match/list-scope.js';
import { matchMistake } from '../../../../src/engine/definition/match/match-mistakes.js';
import { partitionsOf } from '../../../../src/engine/definition/match/partitions.js';
import { commonSample, commonSampleBelow, sampled } from '../../../../src/engine/definition/match/sample-names.js';
import type { FeedDefinition } from '../../../../src/engine/definition/types.js';

const leads = 'data/raw/(?<date>\\d{4}-\\d{2}-\\d{2})/leadcsv\\.csv';
const byDate = { column: 'delivery_date', group: 'date' };
const feed = (name: string, match: string, partition?: FeedDefinition['partition']) => ({ name, match, partition }) as FeedDefinition;

describe('a pattern with a slash', () => {
  it('matches whole keys, one without it names in the root, or in folders of a backfill', () => {
    const matcher = feedMatcher(leads);
    expect(matcher.test('data/raw/2020-06-22/leadcsv.csv')).toBe(true);
    for (const key of [
      'leadcsv.csv',
      'old/data/raw/2020-06-22/leadcsv.csv',
      'data/raw/2020-06-22/leadcsv.csv.bak',
      'data/raw/2020-06-22/x/leadcsv.csv',
    ])
      expect(matcher.test(key)).toBe(false);
    expect(feedMatcher('a/x|b/y').test('a/xb/y')).toBe(false);
    expect(feedMatcher('users').test('in/users.csv')).toBe(false);
    expect(feedMatcher('users', { anyDepth: true }).test('in/users.csv')).toBe(true);
    expect(feedMatcher('users', { anyDepth: true }).test('users/in.csv')).toBe(false);
    expect(groupNames(leads)).toEqual(['date']);
    expect(groupNames('^a$')).toEqual([]);
  });

  it('is checked as it is used', () => {
    expect(matchMistake(leads)).toBeUndefined();
    expect(matchMistake('(.*/)?users[^/]*\\.csv')).toBeUndefined();
    expect(matchMistake('raw/(.*/)*x')).toMatch(/several ways/);
    expect(matchMistake('raw/(')).toMatch(/not a regular expression/);
  });

  it('never matches what Strata has put away', () => {
    const url = 's3://bucket/in/';
    const any = { feeds: [feed('any', '(.*/)?users\\.csv')] };
    const key = 'archive/2024-01-31/users.csv';
    expect(feedsOfPickup({ ...any, release: 'archive' }, url)(key)).toEqual([]);
    expect(feedsOfPickup(any, url)(key)).toHaveLength(1);
    for (const put of ['quarantine/7-1f2e3d4c/users.csv', 'quarantine/7-1f2e3d4c/raw/users.csv', 'deep/quarantine/7-1f2e3d4c/users.csv'])
      expect(feedsOfPickup(any, url)(put)).toEqual([]);
    expect(feedsOfPickup(any, url)('deep/users.csv')).toHaveLength(1);
  });

  it('shares keys with another one, and with one of a folder in its source', () => {
    expect(commonSample(sampled('raw/(a|b)\\.csv'), sampled('raw/b.*'))).toBe('raw/b.csv');
    expect(commonSample(sampled('(.*/)?users\\.csv'), sampled('^users\\.csv$'))).toBe('users.csv');
    expect(commonSample(sampled(leads), sampled(leads.replace('lead', 'company')))).toBeUndefined();
    expect(commonSampleBelow('raw/users\\.csv', '^users', 'raw/')).toBe('raw/users.csv');
    expect(commonSampleBelow('raw/users\\.csv', '^users', 'old/')).toBeUndefined();
    expect(commonSampleBelow('^users\\.csv$', '^users', 'raw/')).toBe('raw/users.csv');
  });
});

describe('the date of a file', () => {
  it('is named by its folder or its name, and must exist', () => {
    const dateOf = partitionsOf(feed('leads', 'raw/(?<date>[^/]+)/leads\\.csv', byDate));
    expect(dateOf('raw/2020-06-22/leads.csv')).toEqual({ date: '2020-06-22' });
    for (const name of ['2020-06-31', '2020-6-22', 'new', '0000-01-01', '0999-12-31'])
      expect(dateOf(`raw/${name}/leads.csv`).mistake).toContain(`it names no date: "${name}" is not a date of the years 1000 to 9999`);
    expect(partitionsOf(feed('leads', '^leads_(?<date>.+)\\.csv$', byDate))('leads_2020-06-22.csv')).toEqual({ date: '2020-06-22' });
    expect(partitionsOf(feed('init', 'init/x\\.csv', { column: 'delivery_date', value: '1000-01-01' }))('init/x.csv')).toEqual({
      date: '1000-01-01',
    });
    expect(partitionsOf(feed('users', 'users'))('users.csv')).toEqual({});
  });
});

describe('what is listed for a feed', () => {
  it.each([
    [leads, undefined, true, 'data/raw/'],
    [`^${leads}$`, undefined, true, 'data/raw/'],
    [leads, { from: '2020-06-22', to: '2020-06-22' }, true, 'data/raw/2020-06-22'],
    [leads, { from: '2020-06-01', to: '2020-06-30' }, true, 'data/raw/2020-06-'],
    [leads, { from: '1999-12-31', to: '2020-01-01' }, true, 'data/raw/'],
    ['data/init/companies\\.csv', undefined, true, 'data/init/companies.csv'],
    ['raw/v?(?<date>.+)/x', { from: '2020-06-22', to: '2020-06-22' }, true, 'raw/'],
    ['raw+/(?<date>.+)/x', { from: '2020-06-22', to: '2020-06-22' }, true, 'raw'],
    ['raw/x|old/(?<date>.+)', undefined, true, ''],
    ['(?<date>[^/]+)/x\\.csv', { from: '2020-06-22', to: '2020-06-22' }, true, '2020-06-22'],
    ['^users_(?<date>.+)\\.csv$', undefined, false, ''],
    ['^users_(?<date>.+)\\.csv$', { from: '2020-06-22', to: '2020-06-22' }, false, 'users_2020-06-22'],
    ['users_(?<date>.+)\\.csv$', { from: '2020-06-22', to: '2020-06-22' }, false, ''],
  ] as const)('%s, %j', (match, dates, recursive, prefix) => {
    expect(listScope({ match, partition: byDate }, dates)).toEqual({ recursive, prefix });
  });

  it('covers the folders of several feeds once', () => {
    const scopes = (...matches: string[]) => listScopes(matches.map((match) => ({ match }) as FeedDefinition));
    expect(scopes('^users', '^games')).toEqual([{ recursive: false, prefix: '' }]);
    expect(scopes(leads, 'data/init/companies\\.csv', 'data/raw/new/x\\.csv')).toEqual([
      { recursive: true, prefix: 'data/raw/' },
      { recursive: true, prefix: 'data/init/' },
    ]);
    expect(scopes('^users', leads)).toEqual([
      { recursive: false, prefix: '' },
      { recursive: true, prefix: 'data/raw/' },
    ]);
    expect(scopes('^users', leads, '(.*/)?x')).toEqual([{ recursive: true, prefix: '' }]);
  });
});
