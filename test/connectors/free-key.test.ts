import { describe, expect, it } from '@jest/globals';
import { keyBeside } from '../../src/connectors/free-key.js';

describe('a key beside a taken one', () => {
  it('has a tag before the extension, the same for the same seed', () => {
    expect(keyBeside('a.b/users.csv', 'v1')).toMatch(/^a\.b\/users-[0-9a-f]{8}\.csv$/);
    expect(keyBeside('a.b/users', 'v1')).toMatch(/^a\.b\/users-[0-9a-f]{8}$/);
    expect(keyBeside('a.b/users.csv', 'v1')).toBe(keyBeside('a.b/users.csv', 'v1'));
    expect(keyBeside('a.b/users.csv', 'v1')).not.toBe(keyBeside('a.b/users.csv', 'v2'));
  });

  it('is no longer than a file name may be, and cuts no character in two', () => {
    const beside = keyBeside(`folder/${'😀'.repeat(62)}.csv`, 'v1');
    const name = beside.slice('folder/'.length);
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
    expect(name).toMatch(/^(😀)+-[0-9a-f]{8}\.csv$/u);
  });
});
