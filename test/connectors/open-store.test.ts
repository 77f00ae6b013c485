import { describe, expect, it } from '@jest/globals';
import { openStore } from '../../src/connectors/open-store.js';

const env = { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9000', AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' };

describe('the address of a store', () => {
  it.each([
    ['s3://bucket', 's3://bucket/'],
    ['s3://bucket/', 's3://bucket/'],
    ['s3://bucket.with-dots/some/prefix', 's3://bucket.with-dots/some/prefix/'],
    ['s3://bucket/prefix/', 's3://bucket/prefix/'],
    ['s3://bucket/ünï code?#+%20', 's3://bucket/ünï code?#+%20/'],
    ['file:///data/drops', 'file:///data/drops/'],
    ['file:///data//a/../drops/', 'file:///data/drops/'],
    ['file:///data/with%20space%3F', 'file:///data/with%20space%3F/'],
    ['file:///', 'file:///'],
  ])('of %s is %s', (url, canonical) => {
    expect(openStore(url, env).url).toBe(canonical);
    expect(openStore(canonical, env).url).toBe(canonical);
  });

  it.each([
    '',
    's3:/x',
    's3://',
    's3:///prefix',
    's3://b',
    'S3://bucket',
    'http://host/bucket',
    'drops/',
    '/data/drops',
    'file:/data',
    'file://host/data',
    'file:///a?b',
    'file:///a%2Fb',
    'file:///a%00',
  ])('is not %j', (url) => {
    const message: unknown = expect.stringContaining('s3://bucket/prefix or file:///');
    expect(() => openStore(url, env)).toThrow(expect.objectContaining({ name: 'StoreError', kind: 'misconfigured', message }));
  });

  it('is shown without a password', () => {
    for (const url of ['s3://key:hunter2@bucket/x', 'https://key:hunter2@host/bucket', 's3:/key:hunter2@bucket']) {
      expect(() => openStore(url, env)).toThrow('***@');
      expect(() => openStore(url, env)).not.toThrow('hunter2');
    }
  });

  it('leads from relative to whole keys and back', () => {
    const s3 = openStore('s3://bucket/prefix', env);
    expect(s3.wholeKey('quarantine/1/a.csv')).toBe('prefix/quarantine/1/a.csv');
    expect(s3.relativeKey('prefix/a.csv')).toBe('a.csv');
    const folder = openStore('file:///data/drops', env);
    expect(folder.relativeKey(folder.wholeKey('a.csv'))).toBe('a.csv');
  });
});
