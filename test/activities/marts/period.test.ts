import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refreshMart } from '../../../src/activities/marts/refresh-mart.js';
import { openWarehouse } from '../../../src/connectors/mysql/warehouse.js';
import type { CompiledPipeline } from '../../../src/engine/compiled-pipeline.js';
import type { MartRefresh } from '../../../src/engine/marts/mart-refresh.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import { writeBatch } from '../../support/bulk-writer.js';
import { actualBus, compileEastrock, expectedBus, migratedWarehouse } from '../../support/mart-warehouse.js';
import { freshPrefix, warehouses } from '../../support/servers/servers.js';

const day = (number: number) => `2024-01-${String(number).padStart(2, '0')}`;
const period = { from: day(10), to: day(12) };
const daily = ['daily_countries', 'daily_game_types', 'daily_games', 'daily_payments', 'daily_users'];

describe.each(warehouses)('the rebuild of a period on $name', ({ name, url }) => {
  let pipeline: CompiledPipeline;
  let warehouse: Warehouse;
  const rebuild = (target: string, of = warehouse) => {
    const mart = pipeline.martRefreshes.find((each) => each.target === target)!;
    return refreshMart(of, mart, { rebuild: true, period });
  };

  beforeAll(async () => {
    pipeline = await compileEastrock();
    warehouse = await migratedWarehouse(url, pipeline);
    const numbers = Array.from({ length: 600 }, (_, index) => index + 1);
    await writeBatch(warehouse, pipeline, 'users', {
      users: numbers
        .slice(0, 40)
        .map((id) => ({ user_id: id, user_name: `User${id}`, signup_date: day((id % 28) + 1), country: id % 2 ? 'DE' : 'ES' })),
    });
    await writeBatch(warehouse, pipeline, 'games', {
      games: numbers.map((id) => ({ game_id: id % 50, user_id: id % 45, play_date: day((id % 28) + 1), game_type: 'Slots', duration: id })),
      game_catalog: numbers.slice(0, 50).map((id) => ({ game_id: id % 50, game_type: 'Slots' })),
    });
    await writeBatch(warehouse, pipeline, 'payments', {
      payments: numbers.map((id) => ({
        transaction_id: id,
        user_id: id % 60,
        amount: '1.25',
        transaction_date: day((id % 28) + 1),
        type: 'Deposit',
      })),
    });
    for (const mart of pipeline.martRefreshes) await refreshMart(warehouse, mart);
  });
  afterAll(() => warehouse?.close());

  it('mends what is wrong with its days, and writes no others', async () => {
    const expected = await expectedBus(warehouse);
    expect(await actualBus(warehouse, daily)).toEqual(Object.fromEntries(daily.map((name) => [name, expected[name]])));
    for (const name of daily) {
      await warehouse.execute(`delete from bus.${name} where date = ?`, [day(10)]);
      await warehouse.execute(
        `update bus.${name} set active_users = 99 where date = ?`.replace('daily_users set active_users', 'daily_users set active_games'),
        [day(11)],
      );
      await warehouse.execute(`delete from bus.${name} where date = ?`, [day(13)]);
    }
    for (const name of daily) expect(await rebuild(`bus.${name}`)).toMatchObject({ mode: 'rebuilt' });
    const mended = await actualBus(warehouse, daily);
    for (const name of daily) expect([name, mended[name]]).toEqual([name, expected[name]!.filter((row) => row['date'] !== day(13))]);
  });

  it('and of the totals with what they count from, gives what is left when days are deleted (docs/how-to/operate/delete-old-data.md)', async () => {
    const { martRefreshes: marts } = pipeline;
    const whole = (mart: MartRefresh) => refreshMart(warehouse, mart, { rebuild: true });
    for (const mart of marts) await whole(mart);
    await warehouse.execute('delete from bulk.games where play_date < ?', [day(13)]);
    await warehouse.execute('delete from bulk.payments where transaction_date < ?', [day(13)]);
    const deleted = { from: day(1), to: day(12) };
    for (const mart of marts.filter(({ ofDays, entities }) => ofDays && entities.length > 0))
      await refreshMart(warehouse, mart, { rebuild: true, period: deleted });
    const named = ['gear.country_games', 'gear.players', 'gear.user_game_types', 'gear.payer_types', 'bus.total_games'];
    const wrong = new Set(named);
    for (const { target, after } of marts) if (after.some((other) => wrong.has(other.target))) wrong.add(target);
    for (const mart of marts.filter(({ target }) => wrong.has(target))) await whole(mart);
    const expected = await expectedBus(warehouse);
    expect(await actualBus(warehouse, Object.keys(expected))).toEqual(expected);
  });

  it('reads no more rows in a long history than in a short one', async () => {
    const read = new Map<string, number[]>();
    for (const days of [20, 200]) {
      const prefix = freshPrefix();
      const history = await migratedWarehouse(url, pipeline, prefix);
      // The server counts by session, and work that comes one after the other has the same one.
      const single = openWarehouse({ url, prefix, connections: 2 });
      try {
        await writeHistory(history, days);
        for (const mart of pipeline.martRefreshes) await refreshMart(history, mart);
        for (const { name } of await history.query<{ name: string }>(
          `select concat(table_schema, '.', table_name) as name from information_schema.tables
           where table_schema in ('${prefix}bulk', '${prefix}gear', '${prefix}bus') and table_type = 'BASE TABLE'`,
        ))
          await history.query(`analyze table ${name}`);
        for (const { target } of pipeline.martRefreshes.filter(({ ofDays, entities }) => ofDays && entities.length > 0)) {
          const before = await rowsRead(single);
          expect(await rebuild(target, single)).toMatchObject({ mode: 'rebuilt' });
          read.set(target, [...(read.get(target) ?? []), (await rowsRead(single)) - before]);
        }
      } finally {
        await single.close();
        await history.close();
      }
    }
    for (const [target, [short, long]] of read) {
      // MySQL pushes no days into what a statement joins twice: it reads the helper mart of payers whole, and groups it.
      const helper = name === 'mysql' && target === 'bus.daily_users' ? 5 * 10 * 200 : 0;
      expect([target, long! < 1.2 * short! + 200 + helper ? 'flat' : `${short} to ${long} rows`]).toEqual([target, 'flat']);
    }
  });

  /** Each day the same: 50 plays of 30 users, 10 payments. */
  const writeHistory = async (of: Warehouse, days: number) => {
    const dates = Array.from({ length: days }, (_, index) => new Date(Date.UTC(2024, 0, 1 + index)).toISOString().slice(0, 10));
    const times = <T>(count: number, make: (index: number) => T) => Array.from({ length: count }, (_, index) => make(index));
    await writeBatch(of, pipeline, 'users', {
      users: times(30, (id) => ({
        user_id: id,
        user_name: `User${id}`,
        signup_date: dates[((id * days) / 30) | 0]!,
        country: id % 2 ? 'DE' : 'ES',
      })),
    });
    await writeBatch(of, pipeline, 'games', {
      games: dates.flatMap((play_date) =>
        times(50, (id) => ({ game_id: id, user_id: id % 30, play_date, game_type: 'Slots', duration: id })),
      ),
      game_catalog: times(50, (id) => ({ game_id: id, game_type: 'Slots' })),
    });
    await writeBatch(of, pipeline, 'payments', {
      payments: dates.flatMap((transaction_date, at) =>
        times(10, (id) => ({ transaction_id: at * 10 + id + 1, user_id: id, amount: '1.25', transaction_date, type: 'Deposit' })),
      ),
    });
  };
  const rowsRead = async (of: Warehouse): Promise<number> => {
    const counts = await of.query<{ Value: string }>("show session status like 'Handler_read%'");
    return counts.reduce((sum, { Value }) => sum + Number(Value), 0);
  };

  it('is refused for a mart without a day in its key', async () => {
    await expect(rebuild('bus.total_games')).rejects.toThrow('bus.total_games has no day in its key, so it can only be rebuilt as a whole');
  });
});
