import { describe, expect, it } from '@jest/globals';
import { createStores } from '../../../src/engine/stores.js';
import { openStore } from '../../../src/connectors/open-store.js';

const env = { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9000', AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' };
const sources = new Map([
  ['eastrock', () => 's3://drops/in'],
  ['unset', () => ''],
]);
const stores = (allowed?: readonly string[]) => createStores(sources, (url) => openStore(url, env), { backfillSources: allowed });

describe('the source of a backfill', () => {
  it.each([
    's3://drops/in',
    's3://drops/in/quarantine/7-1f2e3d4c',
    's3://archive/2023',
    's3://archive/2023/payments/',
    'file:///data/old',
    'file:///data/old/a/../b',
  ])('may be %s', (url) => {
    expect(stores(['s3://archive/2023', 'file:///data/old/']).openForBackfill(url).url).toBe(openStore(url, env).url);
  });

  it.each([
    's3://drops',
    's3://drops/other',
    's3://drops/in2',
    's3://archive/2024',
    's3://archive/20233',
    'file:///',
    'file:///data',
    'file:///data/older',
    'file:///data/old/../secret',
    'file:///data/old%2e%2e/x',
  ])('must not be %s where places are listed', (url) => {
    const refused = expect.objectContaining({ type: 'denied', message: expect.stringContaining('STRATA_BACKFILL_SOURCES') });
    expect(() => stores(['s3://archive/2023', 'file:///data/old/']).openForBackfill(url)).toThrow(refused);
  });

  it('may be any place where none is listed, and the pipelines’ own where the list is empty', () => {
    expect(stores().openForBackfill('file:///anywhere').url).toBe('file:///anywhere/');
    expect(stores([]).openForBackfill('s3://drops/in').url).toBe('s3://drops/in/');
    expect(() => stores([]).openForBackfill('file:///anywhere')).toThrow('no backfill may read from file:///anywhere/');
  });
});
