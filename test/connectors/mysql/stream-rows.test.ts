import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openWarehouse } from '../../../src/connectors/mysql/warehouse.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import { warehouses } from '../../support/servers/servers.js';

const ten =
  '(select 0 as n union select 1 union select 2 union select 3 union select 4 union select 5 union select 6 union select 7 union select 8 union select 9)';
const manyRows = `${['a', 'b', 'c', 'd', 'e'].map((name) => `${ten} ${name}`).join(' cross join ')}`;

describe.each(warehouses)('rows that come as a stream from $name', ({ url }) => {
  let warehouse: Warehouse;
  beforeAll(() => {
    warehouse = openWarehouse({ url, prefix: '', connections: 2 });
  });
  afterAll(() => warehouse.close());

  it('are the text of their values, to the last digit, with NULL told from an empty text', async () => {
    const rows: (readonly (string | null)[])[] = [];
    const select = `select 18446744073709551615, cast('12345678901234567890.10' as decimal(30,2)), cast('2020-06-22 08:15:00.123456' as datetime(6)),
      date '2020-02-29', null, '', 'a''b 🦉', ? union all select 1, 2, null, null, null, null, null, null`;
    for await (const row of warehouse.stream(select, ['bound'])) rows.push(row);
    expect(rows).toEqual([
      ['18446744073709551615', '12345678901234567890.10', '2020-06-22 08:15:00.123456', '2020-02-29', null, '', "a'b 🦉", 'bound'],
      ['1', '2.00', null, null, null, null, null, null],
    ]);
  });

  it('take the same memory for a hundred thousand as for few, also where they are read slowly', async () => {
    const before = process.memoryUsage.rss();
    let rows = 0;
    let most = 0;
    for await (const row of warehouse.stream(`select repeat('x', 3000), ${'a.n'} from ${manyRows}`)) {
      rows += row.length / 2;
      if (rows % 20_000 === 0) {
        await sleep(50);
        most = Math.max(most, process.memoryUsage.rss());
      }
    }
    expect(rows).toBe(100_000);
    expect(most - before).toBeLessThan(150_000_000);
  });

  it('leave no connection behind when nobody reads on, or when the statement fails', async () => {
    for (let attempt = 1; attempt <= 3; attempt++) {
      for await (const row of warehouse.stream(`select 1 from ${manyRows}`)) {
        expect(row).toEqual(['1']);
        break;
      }
      await expect(async () => {
        for await (const row of warehouse.stream('select nothing from nowhere.at_all')) expect(row).toBeUndefined();
      }).rejects.toMatchObject({ name: 'StrataError' });
    }
    expect(await warehouse.query('select 1 as one')).toEqual([{ one: 1 }]);
  });
});
