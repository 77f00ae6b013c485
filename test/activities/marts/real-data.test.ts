import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { refreshMart } from '../../../src/activities/marts/refresh-mart.js';
import type { CompiledPipeline } from '../../../src/engine/compiled-pipeline.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import { writeBatch, type Row } from '../../support/bulk-writer.js';
import { actualBus, compileEastrock, expectedBus, migratedWarehouse, readTable, root } from '../../support/mart-warehouse.js';
import { warehouses } from '../../support/servers/servers.js';

/** The company's own files lie beside the project where there are any; elsewhere files of the same shape take their place. */
const folder = `${root}../shared/data/eastrock/`;
const isReal = existsSync(folder);
const range = (n: number, line: (i: number) => string): string => Array.from({ length: n }, (_, i) => line(i + 1)).join('\n');
const madeUp: Record<string, (n: number) => string> = {
  users: (n) => `UserID,UserName,SignUpDate,Country\n${range(n / 3, (i) => `${i},User${i},${(i % 28) + 1}/10/2023,C${i % 7}`)}`,
  games: (n) =>
    `GameID,UserID,GameType,PlayDate,Duration\n${range(n, (i) => `${i},${(i * 37) % 101},T${i % 4},${(i % 30) + 1}/09/2023,${i % 500}`)}`,
  payments: (n) =>
    `TransactionID,UserID,Amount,TransactionDate,Type\n${range(n, (i) => `${i},${(i * 53) % 103},${i}.${10 + (i % 90)},${(i % 31) + 1}/10/2023,${i % 2 ? 'Deposit' : 'Withdrawal'}`)}`,
};
const read = (name: string): Record<string, string>[] => {
  const text = isReal ? readFileSync(`${folder}${name}.csv`) : madeUp[name]!(300);
  return parse(text, { columns: true, bom: true, trim: true }) as Record<string, string>[];
};
const date = (text = '') =>
  text
    .split('/')
    .reverse()
    .map((part) => part.padStart(2, '0'))
    .join('-');
const number = (text = '') => Number(text);

/** The feeds' rows as bulk holds them. */
const feeds: Record<string, Record<string, readonly Row[]>> = {
  users: {
    users: read('users').map((r) => ({
      user_id: number(r['UserID']),
      user_name: r['UserName'] ?? '',
      signup_date: date(r['SignUpDate']),
      country: r['Country'] ?? '',
    })),
  },
  games: {
    games: read('games').map((r) => ({
      game_id: number(r['GameID']),
      user_id: number(r['UserID']),
      play_date: date(r['PlayDate']),
      game_type: r['GameType'] ?? '',
      duration: number(r['Duration']),
    })),
    game_catalog: read('games').map((r) => ({ game_id: number(r['GameID']), game_type: r['GameType'] ?? '' })),
  },
  payments: {
    payments: read('payments').map((r) => ({
      transaction_id: number(r['TransactionID']),
      user_id: number(r['UserID']),
      amount: r['Amount'] ?? '',
      transaction_date: date(r['TransactionDate']),
      type: r['Type'] ?? '',
    })),
  },
};

describe.each(warehouses)('the marts of the real files on $name', ({ url }) => {
  let pipeline: CompiledPipeline;
  let warehouse: Warehouse;
  beforeAll(async () => {
    pipeline = await compileEastrock();
    warehouse = await migratedWarehouse(url, pipeline);
  });
  afterAll(() => warehouse?.close());

  it('are the same row for row as an independent computation, whichever file came first', async () => {
    for (const feed of ['payments', 'games', 'users']) {
      await writeBatch(warehouse, pipeline, feed, feeds[feed] ?? {});
      for (const mart of pipeline.martRefreshes) await refreshMart(warehouse, mart);
      const expected = await expectedBus(warehouse);
      expect(await actualBus(warehouse, Object.keys(expected))).toEqual(expected);
    }
  });

  if (isReal) {
    it('have the numbers of rows of the specification', async () => {
      const rows = async (table: string) => (await readTable(warehouse, `bus.${table}`)).length;
      const counts = {
        daily_users: 483,
        total_users: 100,
        daily_countries: 321,
        total_countries: 7,
        daily_games: 300,
        total_games: 300,
        daily_game_types: 169,
        total_game_types: 4,
        daily_payments: 91,
        total_payments: 2,
        calendar_dates: 6211,
        users: 100,
        games_users_dates: 300,
        payments: 200,
      };
      for (const [table, expected] of Object.entries(counts)) expect([table, await rows(table)]).toEqual([table, expected]);
    });

    it('say of user 1 and of deposits what the specification says', async () => {
      const users = await readTable(warehouse, 'bus.total_users');
      expect(users.find((row) => row['user_id'] === '1')).toMatchObject({
        dates: '8',
        first_date: '2023-09-14',
        last_date: '2023-11-05',
        active_games: '4',
        middle_games_daily: '0.500',
        active_game_types: '3',
        middle_game_types_daily: '0.375',
        transactions: '4',
        deposit: '670.20',
        middle_deposit_daily: '83.775',
        deposits: '2',
        withdrawal: '608.33',
        middle_withdrawal_daily: '76.041',
        withdrawals: '2',
        duration: '550',
        middle_duration_daily: '68.750',
      });
      const payments = await readTable(warehouse, 'bus.total_payments');
      expect(payments.find((row) => row['type'] === 'Deposit')).toMatchObject({
        dates: '46',
        active_users: '58',
        middle_users_daily: '1.261',
        active_countries: '7',
        middle_active_countries: '0.152',
        transactions: '104',
        deposit: '25821.63',
        middle_deposit_daily: '561.340',
      });
    });
  }

  it('change nothing when refreshed again, and nothing when rebuilt', async () => {
    const names = Object.keys(await expectedBus(warehouse));
    const before = await actualBus(warehouse, names);
    for (const mart of pipeline.martRefreshes) {
      expect(await refreshMart(warehouse, mart)).toEqual({ mode: 'current', keys: 0, rows: 0 });
      expect(await refreshMart(warehouse, mart, { rebuild: true })).toMatchObject({
        mode: 'rebuilt',
      });
    }
    expect(await actualBus(warehouse, names)).toEqual(before);
  });
});
