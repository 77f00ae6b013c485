import { createHash } from 'node:crypto';
import { afterAll, describe, expect, it } from '@jest/globals';
import { openWarehouse } from '../../../src/connectors/mysql/warehouse.js';
import { hashDiff, hashKey } from '../../../src/engine/vault/hash.js';
import { warehouses } from '../../support/servers/servers.js';

describe.each(warehouses)('hashes on $name', ({ url }) => {
  const warehouse = openWarehouse({ url, prefix: '' });
  afterAll(() => warehouse.close());
  const of = async (...parts: string[]) => {
    const [row] = await warehouse.query<{ hk: Buffer; diff: Buffer }>(`select ${hashKey(parts)} as hk, ${hashDiff(parts)} as diff`);
    return row!;
  };
  const sha256 = (input: string) => createHash('sha256').update(input).digest();

  it('take each part with its length in bytes, so that other code can make the same', async () => {
    const { hk, diff } = await of(`'Zürich'`, '42', `cast('2024-02-29' as date)`, 'cast(1.5 as decimal(13,2))');
    expect(diff).toEqual(sha256('7:Zürich2:4210:2024-02-294:1.50'));
    expect(hk).toEqual(diff.subarray(0, 16));
  });

  it('tell apart where one part ends, NULL from empty and from its token, and upper case from lower', async () => {
    const lists = [
      [`'a'`, `'bc'`],
      [`'ab'`, `'c'`],
      [`'abc'`],
      [`'abc'`, `''`],
      [`''`, `'abc'`],
      [`'abc'`, 'null'],
      ['null', `'abc'`],
      [`'abc'`, `'-'`],
      [`'ABC'`],
      [`'1:a'`, `'b'`],
      [`'a'`, `'1:b'`],
      [`'é'`],
      [`'e'`],
    ];
    const hashes = await Promise.all(lists.map(async (parts) => (await of(...parts)).diff.toString('hex')));
    expect(new Set(hashes).size).toBe(lists.length);
  });
});
