import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refreshMart } from '../../../src/activities/marts/refresh-mart.js';
import type { CompiledPipeline } from '../../../src/engine/compiled-pipeline.js';
import { dayOf } from '../../../src/engine/marts/mart-statements.js';
import type { Mart } from '../../../src/engine/marts/mart.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import { writeBatch } from '../../support/bulk-writer.js';
import { actualBus, compileEastrock, expectedBus, migratedWarehouse } from '../../support/mart-warehouse.js';
import { warehouses } from '../../support/servers.js';

const day = (number: number) => `2024-01-${String(number).padStart(2, '0')}`;
const period = { from: day(10), to: day(12) };
const daily = ['daily_countries', 'daily_game_types', 'daily_games', 'daily_payments', 'daily_users'];

describe.each(warehouses)('the rebuild of a period on $name', ({ url }) => {
  let pipeline: CompiledPipeline;
  let warehouse: Warehouse;
  const rebuild = (target: string) => {
    const mart = pipeline.catalog.marts.find((each) => each.target === target)!;
    return refreshMart(warehouse, pipeline.definition, pipeline.catalog, mart, { rebuild: true, period });
  };

  beforeAll(async () => {
    pipeline = await compileEastrock();
    warehouse = await migratedWarehouse(url, pipeline);
    const numbers = Array.from({ length: 600 }, (_, index) => index + 1);
    await writeBatch(warehouse, pipeline, 'users', {
      users: numbers.slice(0, 40).map((id) => ({ user_id: id, user_name: `User${id}`, signup_date: day((id % 28) + 1), country: id % 2 ? 'DE' : 'ES' })),
    });
    await writeBatch(warehouse, pipeline, 'games', {
      games: numbers.map((id) => ({ game_id: id % 50, user_id: id % 45, play_date: day((id % 28) + 1), game_type: 'Slots', duration: id })),
      game_catalog: numbers.slice(0, 50).map((id) => ({ game_id: id % 50, game_type: 'Slots' })),
    });
    await writeBatch(warehouse, pipeline, 'payments', {
      payments: numbers.map((id) => ({ transaction_id: id, user_id: id % 60, amount: '1.25', transaction_date: day((id % 28) + 1), type: 'Deposit' })),
    });
    for (const mart of pipeline.catalog.marts) await refreshMart(warehouse, pipeline.definition, pipeline.catalog, mart);
  });
  afterAll(() => warehouse?.close());

  it('mends what is wrong with its days, and writes no others', async () => {
    const expected = await expectedBus(warehouse);
    expect(await actualBus(warehouse, daily)).toEqual(Object.fromEntries(daily.map((name) => [name, expected[name]])));
    for (const name of daily) {
      await warehouse.execute(`delete from bus.${name} where date = ?`, [day(10)]);
      await warehouse.execute(`update bus.${name} set active_users = 99 where date = ?`.replace('daily_users set active_users', 'daily_users set active_games'), [day(11)]);
      await warehouse.execute(`delete from bus.${name} where date = ?`, [day(13)]);
    }
    for (const name of daily) expect(await rebuild(`bus.${name}`)).toMatchObject({ mode: 'rebuilt' });
    const mended = await actualBus(warehouse, daily);
    for (const name of daily) expect([name, mended[name]]).toEqual([name, expected[name]!.filter((row) => row['date'] !== day(13))]);
  });

  it('and of the totals with what they count from, gives what is left when days are deleted (docs/scaling.md)', async () => {
    const { marts } = pipeline.catalog;
    const whole = (mart: Mart) => refreshMart(warehouse, pipeline.definition, pipeline.catalog, mart, { rebuild: true });
    for (const mart of marts) await whole(mart);
    await warehouse.execute('delete from bulk.games where play_date < ?', [day(13)]);
    const deleted = { from: day(1), to: day(12) };
    for (const mart of marts.filter((each) => dayOf(each) !== undefined && each.reads.length > 0))
      await refreshMart(warehouse, pipeline.definition, pipeline.catalog, mart, { rebuild: true, period: deleted });
    const named = ['gear.country_games', 'gear.players', 'gear.user_game_types', 'bus.total_games'];
    const wrong = new Set(named);
    for (const { target, after } of marts) if (after.some((other) => wrong.has(other))) wrong.add(target);
    for (const mart of marts.filter(({ target }) => wrong.has(target))) await whole(mart);
    const expected = await expectedBus(warehouse);
    expect(await actualBus(warehouse, Object.keys(expected))).toEqual(expected);
  });

  it('is refused for a mart without a day in its key', async () => {
    await expect(rebuild('bus.total_games')).rejects.toThrow('bus.total_games has no day in its key, so that it can only be rebuilt as a whole');
  });
});
