import { readFileSync, readdirSync } from 'node:fs';
import { afterAll, describe, expect, it } from '@jest/globals';
import { openWarehouse } from '../../../src/connectors/mysql/warehouse.js';
import { root } from '../../support/mart-warehouse.js';
import { middle } from '../../support/oracle.js';
import { Random } from '../../support/random.js';
import { warehouses } from '../../support/servers/servers.js';

const folder = `${root}sql/eastrock/bus/`;
// The view repeats total_users' own.
const written = readdirSync(folder)
  .filter((name) => name !== 'users.sql')
  .flatMap((name) => [...readFileSync(folder + name, 'utf8').matchAll(/^ *(.*) as middle_\w+,?$/gm)].map(([, text]) => text ?? ''));

const largest = '9999999999999999999999999999.99';
const sums = [
  '0.00',
  '0.01',
  '-0.01',
  '6.00',
  '0.05',
  '-0.05',
  '1.00',
  '2.50',
  '670.20',
  largest,
  `-${largest}`,
  '99999999999.99',
  '-1234567890123456789012345.67',
];
const dates = [1, 2, 3, 7, 8, 11, 16, 2000, 3287182];

describe.each(warehouses)('middles on $name', ({ url }) => {
  const warehouse = openWarehouse({ url, prefix: 'none_' });
  afterAll(() => warehouse.close());

  it('are written in the one way that is tested here', () => {
    expect(written.length).toBeGreaterThan(25);
    for (const text of written)
      expect(text).toMatch(/^round\(cast\((\w+\.\w+|coalesce\(\w+\.\w+, 0\)) as decimal\(45,15\)\) \/ \w+\.dates, 3\)$/);
  });

  it('are the exact quotient rounded once, half away from zero, up to the largest sums and most dates', async () => {
    const random = new Random(7);
    const digits = (length: number) => Array.from({ length }, () => random.below(10)).join('');
    const more = Array.from(
      { length: 300 },
      () => `${random.chance(50) ? '-' : ''}${random.below(9) + 1}${digits(random.below(27))}.${digits(2)}`,
    );
    for (const n of dates) {
      const all = [...sums, ...more];
      const quotients = all.map(
        (sum) =>
          `select cast(cast('${sum}' as decimal(30,2)) as char) as total, cast(round(cast(cast('${sum}' as decimal(30,2)) as decimal(45,15)) / ${n}, 3) as decimal(30,3)) as middle`,
      );
      const rows = await warehouse.query<{ total: string; middle: string }>(quotients.join(' union all '));
      for (const row of rows) {
        const expected = middle({ units: BigInt(row.total.replace('.', '')), scale: 2 }, n);
        // decimal(30,3) ends at 27 digits before the point; such a middle of one date can't be stored.
        if (expected.replace('-', '').length <= 31) expect([row.total, n, row.middle]).toEqual([row.total, n, expected]);
      }
    }
  });
});
