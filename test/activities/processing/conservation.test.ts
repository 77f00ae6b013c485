import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { processBatch } from '../../../src/activities/processing/process-batch.js';
import type { Transaction, Warehouse } from '../../../src/engine/warehouse.js';
import { FolderChain } from '../../support/folder-chain.js';
import { warehouses } from '../../support/servers/servers.js';
import { quietScope } from '../../support/warehouse-chain.js';

/** Sessions in which every transaction first has `before` done to it, and whose statements are `changed`. */
function disturbed(
  warehouse: Warehouse,
  before: readonly string[],
  after: readonly string[],
  isLeftOut: (sql: string) => boolean,
): Warehouse {
  return {
    query: (sql, values) => warehouse.query(sql, values),
    execute: (sql, values) => warehouse.execute(sql, values),
    session: (work, options) => warehouse.session(work, options),
    stream: () => {
      throw new Error('nothing is streamed here');
    },
    close: () => warehouse.close(),
    transaction: (work, options) =>
      warehouse.transaction(async (transaction) => {
        for (const sql of before) await transaction.execute(sql);
        const statements: Transaction = {
          query: (sql, values) => transaction.query(sql, values),
          execute: async (sql, values) => (isLeftOut(sql) ? { affectedRows: 0, warnings: 0 } : transaction.execute(sql, values)),
          loadData: (sql, stream, values) => transaction.loadData(sql, stream, values),
        };
        try {
          return await work(statements);
        } finally {
          for (const sql of after) await transaction.execute(sql);
        }
      }, options),
  };
}

describe.each(warehouses)('a count that does not add up, on $name', ({ url }) => {
  let chain: FolderChain;
  const deliver = async (name: string, rows: readonly string[]) => {
    await writeFile(join(chain.folder, name), ['UserID,UserName,SignUpDate,Country', ...rows, ''].join('\n'));
    await chain.pickup('users');
  };
  const user = (id: number, name = 'Ann') => `${id},${name},1/2/2024,Latvia`;
  const processWith = (warehouse: Warehouse, appendFrom?: number) =>
    processBatch(
      { ...chain.deps, warehouse, ...(appendFrom === undefined ? {} : { appendFrom }) },
      { pipeline: 'eastrock', feed: 'users' },
      quietScope,
    );
  const nothingMerged = async () => {
    const [row] = await chain.warehouse.query<Record<string, number>>(
      `select (select count(*) from bulk.users) as bulk_rows, (select count(*) from gear.changes_users) as changes,
         (select count(*) from gear.load_counts) as counts, (select count(*) from gear.loads where state <> 'staged') as others`,
    );
    expect(row).toEqual({ bulk_rows: 0, changes: 0, counts: 0, others: 0 });
  };

  beforeAll(async () => {
    chain = await FolderChain.open(url);
  });
  afterAll(() => chain.close());
  beforeEach(() => chain.reset());

  it.each([1, 5])(
    'fails where the server gives no more than %i rows of a SELECT, and all rows arrive once it gives them',
    async (limit) => {
      for (let file = 1; file <= 6; file++) await deliver(`users-${file}.csv`, [user(file), user(file + 10)]);
      const limited = disturbed(
        chain.warehouse,
        [`set session sql_select_limit = ${limit}`],
        ['set session sql_select_limit = default'],
        () => false,
      );
      await expect(processWith(limited)).rejects.toMatchObject({
        type: 'invariant',
        message: expect.stringMatching(/sql_select_limit/) as unknown,
      });
      await nothingMerged();
      expect(await processWith(chain.warehouse)).toMatchObject({ loads: 6, inserted: 12, unchanged: 0, more: false });
    },
  );

  it.each([
    { what: 'a row of staging was deleted', sql: 'delete from staging.users order by row_offset limit 1', counted: 2 },
    { what: 'all rows of staging were deleted', sql: 'delete from staging.users', counted: 0 },
    {
      what: 'a row of staging comes twice',
      sql: `insert into staging.users (load_id, row_offset, line_number, padded, user_id, user_name, signup_date, country)
            select load_id, row_offset + 1, line_number, padded, user_id, user_name, signup_date, country from staging.users where user_id = '2'`,
      counted: 4,
    },
    {
      what: 'a row was added to staging',
      sql: `insert into staging.users (load_id, row_offset, line_number, padded, user_id, user_name, signup_date, country)
            select load_id, row_offset + 1, line_number, padded, '77', user_name, signup_date, country from staging.users where user_id = '2'`,
      counted: 4,
    },
  ])('names the load and both numbers where $what', async ({ sql, counted }) => {
    await deliver('users-1.csv', [user(1), user(2), user(3)]);
    await chain.warehouse.execute(sql);
    // Through the work table, and appended.
    for (const appendFrom of [undefined, 1])
      await expect(processWith(chain.warehouse, appendFrom)).rejects.toMatchObject({
        type: 'invariant',
        message: expect.stringMatching(
          new RegExp(`load 1 staged 3 rows, ${counted} were counted.*Nothing of it was committed.*staging.users`),
        ) as unknown,
      });
    await nothingMerged();
  });

  it.each([
    { what: 'of one load', files: 1 },
    { what: 'of several loads together', files: 3 },
  ])('fails where rows $what did not get into bulk, whatever the server said', async ({ files }) => {
    for (let file = 1; file <= files; file++) await deliver(`users-${file}.csv`, [user(file)]);
    const broken = disturbed(chain.warehouse, [], [], (sql) => sql.startsWith('insert into bulk.'));
    await expect(processWith(broken)).rejects.toMatchObject({
      type: 'invariant',
      message: expect.stringMatching(/load 1 staged 1 rows, 0 were counted/) as unknown,
    });
    await nothingMerged();
  });

  it.each([undefined, 1])('fails where a change of a row was not recorded (appended from: %s)', async (appendFrom) => {
    await deliver('users-1.csv', [user(1), user(2)]);
    const broken = disturbed(chain.warehouse, [], [], (sql) => sql.startsWith('insert into gear.`changes_'));
    await expect(processWith(broken, appendFrom)).rejects.toMatchObject({ type: 'invariant' });
    await nothingMerged();
  });

  it('counts each outcome where it is', async () => {
    await deliver('users-1.csv', [user(1), user(2), user(2, 'Bea'), user(3)]);
    expect(await chain.process('users', { appendFrom: 1 })).toMatchObject({
      inserted: 3,
      updated: 0,
      unchanged: 0,
      superseded: 1,
      outdated: 0,
    });
    await deliver('users-2.csv', [user(1), user(2, 'Cleo'), user(2), user(3), user(4)]);
    await deliver('users-3.csv', [user(1, 'Dora'), user(4), user(5)]);
    expect(await chain.process('users')).toMatchObject({ inserted: 2, updated: 2, unchanged: 3, superseded: 1, outdated: 0 });
    expect(
      await chain.warehouse.query('select inserted, updated, unchanged, superseded, outdated from gear.load_counts order by load_id'),
    ).toEqual([
      { inserted: 3, updated: 0, unchanged: 0, superseded: 1, outdated: 0 },
      { inserted: 1, updated: 1, unchanged: 2, superseded: 1, outdated: 0 },
      { inserted: 1, updated: 1, unchanged: 1, superseded: 0, outdated: 0 },
    ]);
  });
});
