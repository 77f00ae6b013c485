import { describe, expect, it } from '@jest/globals';
import { FeedRouter } from '../../../src/serve/events/feed-router.js';
import { createdObjects } from '../../../src/serve/events/s3-events.js';
import { feeds, notification } from './notifications.js';

const router = new FeedRouter([
  { definition: { name: 'eastrock', feeds }, url: 's3://eastrockvalley-test/' },
  { definition: { name: 'below', feeds }, url: 's3://shared/in/' },
  { definition: { name: 'folder', feeds }, url: 'file:///data/in/' },
]);
const routed = (message: unknown) =>
  createdObjects(message)
    ?.flatMap((object) => router.ofObject(object))
    .map(({ pipeline, feed }) => `${pipeline}/${feed}`);
const created = (bucket: string, key: string, eventName = 'ObjectCreated:Put') => ({
  Records: [{ eventName, s3: { bucket: { name: bucket }, object: { key } } }],
});

describe('S3 event notifications', () => {
  it.each([
    ['aws-s3', 'eastrock/users'],
    ['eventbridge', 'eastrock/payments'],
    ['minio', 'eastrock/games'],
    ['versitygw', 'eastrock/users'],
  ] as const)('of %s lead to the feed of the object that was put', (name, feed) => {
    expect(routed(notification(name))).toEqual([feed]);
  });

  it('may name several objects, with or without an outer form', () => {
    const several = [...created('eastrockvalley-test', 'users.csv').Records, ...created('eastrockvalley-test', 'games.csv').Records];
    for (const message of [{ Records: several }, several]) expect(routed(message)).toEqual(['eastrock/users', 'eastrock/games']);
  });

  it('decode keys whichever way their sender encodes them', () => {
    expect(createdObjects(notification('aws-s3'))).toEqual([
      { bucket: 'eastrockvalley-test', keys: ['users-May+1%2B2%C3%A9.csv', 'users-May+1+2é.csv', 'users-May 1+2é.csv'] },
    ]);
    expect(createdObjects(created('b', 'users-100%.csv'))).toEqual([{ bucket: 'b', keys: ['users-100%.csv'] }]);
  });

  it.each([
    'ObjectRemoved:Delete',
    's3:ObjectRemoved:DeleteObjects',
    'ObjectTagging:Put',
    's3:ObjectRestore:Completed',
    'ObjectCreatedOrNot',
  ])('of %s are understood and name no object', (eventName) =>
    expect(createdObjects(created('eastrockvalley-test', 'users.csv', eventName))).toEqual([]),
  );

  it('that only test the connection name no object', () => {
    expect(createdObjects(notification('aws-test'))).toEqual([]);
  });

  it('without MinIO’s inner records are understood by their outer form', () => {
    expect(routed({ EventName: 's3:ObjectCreated:Put', Key: 'eastrockvalley-test/games.csv' })).toEqual(['eastrock/games']);
  });

  it('are taken without the records that are none, which are counted', () => {
    const {
      Records: [good],
    } = created('b', 'users.csv');
    const heard = (message: unknown) => {
      let strange = 0;
      return [createdObjects(message, (count) => (strange += count))?.length, strange];
    };
    expect(heard({ Records: [good, { eventName: 'ObjectCreated:Put' }] })).toEqual([1, 1]);
    expect(heard([{}, good, null, 'x', []])).toEqual([1, 4]);
    expect(heard({ Records: [good] })).toEqual([1, 0]);
    expect(heard({ Records: [] })).toEqual([0, 0]);
    expect(heard({ Records: [{}, null] })).toEqual([undefined, 0]);
    // MinIO says it in its outer form as well.
    expect(heard({ EventName: 's3:ObjectCreated:Put', Key: 'b/users.csv', Records: [{}] })).toEqual([1, 0]);
  });

  it('that are none are not understood', () => {
    const some = [
      undefined,
      null,
      'text',
      7,
      [],
      {},
      { Records: [{}] },
      { Records: 'x' },
      { EventName: 's3:ObjectCreated:Put', Key: 'no-slash' },
    ];
    for (const message of some) expect(createdObjects(message)).toBeUndefined();
  });

  it('concern only objects that a pickup would find: of the bucket, directly below the prefix, of a feed', () => {
    expect(routed(created('shared', 'in/users.csv'))).toEqual(['below/users']);
    for (const [bucket, key] of [
      ['shared', 'users.csv'],
      ['shared', 'in/deeper/users.csv'],
      ['shared', 'in/'],
      ['other', 'users.csv'],
      ['eastrockvalley-test', 'quarantine/1/users.csv'],
      ['eastrockvalley-test', 'readme.txt'],
    ] as const) {
      expect(routed(created(bucket, key))).toEqual([]);
    }
  });

  it('of a key that no store can hold concern nothing', () => {
    expect(routed(created('shared', `in/users-${'x'.repeat(1_000)}.csv`))).toEqual(['below/users']);
    expect(routed(created('shared', `in/users-${'x'.repeat(100_000)}.csv`))).toEqual([]);
  });

  it('have their like for files in folders', () => {
    expect(router.ofFile('file:///data/in/', 'users-1.csv')).toEqual([{ pipeline: 'folder', feed: 'users' }]);
    expect(router.ofFile('file:///data/other/', 'users-1.csv')).toEqual([]);
  });
});
