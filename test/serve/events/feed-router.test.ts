import { expect, it } from '@jest/globals';
import type { FeedDefinition } from '../../../src/engine/definition/types.js';
import { FeedRouter } from '../../../src/serve/events/feed-router.js';

const feeds = [
  { name: 'users', match: '^users' },
  { name: 'leads', match: 'raw/[^/]+/leads\\.csv' },
  { name: 'any', match: '(.*/)?any\\.csv' },
] as unknown as readonly FeedDefinition[];
const router = new FeedRouter([{ definition: { name: 'shop', feeds }, url: 's3://shop/in/' }]);
const of = (key: string) => router.ofObject({ bucket: 'shop', keys: [key] }).map(({ feed }) => feed);

it('routes an object by its name in the root, or by its whole key, and never what Strata has put away', () => {
  expect(of('in/users.csv')).toEqual(['users']);
  expect(of('in/raw/users.csv')).toEqual([]);
  expect(of('in/raw/2024-01-31/leads.csv')).toEqual(['leads']);
  expect(of('raw/2024-01-31/leads.csv')).toEqual([]);
  expect(of('in/deep/any.csv')).toEqual(['any']);
  expect(of('in/quarantine/7-1f2e3d4c/any.csv')).toEqual([]);
  expect(of('in/')).toEqual([]);
});
