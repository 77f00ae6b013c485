import { expect, it } from '@jest/globals';
import { keyIn } from '../../../src/activities/landing/release/release-source.js';
import { openStore } from '../../../src/connectors/open-store.js';
import { quarantineFolderOf } from '../../../src/engine/folders/quarantine-folder.js';

it('moves a file to a key that S3 takes, however long its own is', () => {
  const prefix = `${'a'.repeat(240)}/`.repeat(4);
  const store = openStore(`s3://bucket/${prefix}`, { AWS_REGION: 'eu-west-1' });
  const identity = Buffer.from('1f2e3d4c'.padEnd(64, '0'), 'hex');
  const keyOf = (name: string) => keyIn(store, quarantineFolderOf({ loadId: 12, identity }), prefix + name);
  expect(keyOf('users.csv')).toBe(`${prefix}quarantine/12-1f2e3d4c/users.csv`);
  expect(keyOf(`users${'é'.repeat(23)}.csv`)).toBe(`${prefix}quarantine/12-1f2e3d4c/users${'é'.repeat(14)}.csv`);
});
