import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pruneChanges } from '../../../src/gear/prune-changes.js';
import { refreshMart } from '../../../src/activities/marts/refresh-mart.js';
import { openWarehouse } from '../../../src/connectors/mysql/warehouse.js';
import { failureTypes } from '../../../src/contracts/failures.js';
import type { CompiledPipeline } from '../../../src/engine/compiled-pipeline.js';
import { countTableName, keyTableName } from '../../../src/engine/names.js';
import { StrataError } from '../../../src/engine/strata-error.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import { writeBatch, type Row } from '../../support/bulk-writer.js';
import { actualBus, compileEastrock, expectedBus, migratedWarehouse, readTable } from '../../support/mart-warehouse.js';
import { startMysqlProxy } from '../../support/proxies/mysql-proxy.js';
import { Random } from '../../support/random.js';
import { freshPrefix, warehouses } from '../../support/servers/servers.js';

const seed = Number(process.env['STRATA_TEST_SEED'] ?? Date.now() % 1_000_000);
const runs = Number(process.env['STRATA_TEST_RUNS'] ?? 3);
const steps = 12;

const dates = ['2023-01-31', '2023-02-01', '2023-12-31', '1000-01-01', '9999-12-31'] as const;
const countries = ['ES', 'DE', 'de', 'Unknown', 'Côte d’Ivoire'] as const;
const types = ['Slots', 'Poker', 'poker', 'Unknown'] as const;
const amounts = ['0.00', '0.01', '-0.01', '10.05', '-10.06', '99999999999.99', '-99999999999.99', '123.45'] as const;

/** Few users, games and dates, so that changes meet in the same groups all the time. */
const random = {
  users: (r: Random): Record<string, Row[]> => ({
    users: unique(
      r.below(3) + 1,
      () => r.below(8) + 1,
      (id) => ({
        user_id: id,
        user_name: r.pick(['Ann', 'ann', '', 'Bob']),
        signup_date: r.pick(dates),
        country: r.pick(countries),
      }),
    ),
  }),
  games: (r: Random): Record<string, Row[]> => {
    const catalog = unique(
      r.below(3) + 1,
      () => r.below(4) + 1,
      (id) => ({ game_id: id, game_type: r.pick(types) }),
    );
    const games = catalog.map((game) => ({
      ...game,
      user_id: r.below(8) + 1,
      play_date: r.pick(dates),
      duration: r.pick([0, 1, 7, 2147483647]),
    }));
    return { games, game_catalog: catalog };
  },
  payments: (r: Random): Record<string, Row[]> => ({
    payments: unique(
      r.below(4) + 1,
      () => r.below(8) + 1,
      (id) => ({
        transaction_id: id,
        user_id: r.below(8) + 1,
        amount: r.pick(amounts),
        transaction_date: r.pick(dates),
        type: r.pick(['Deposit', 'Withdrawal', 'Correction']),
      }),
    ),
  }),
};

function unique(size: number, key: () => number, row: (key: number) => Row): Row[] {
  return [...new Set(Array.from({ length: size }, key))].map(row);
}

describe.each(warehouses)('incremental refreshes on $name', ({ url }) => {
  let pipeline: CompiledPipeline;
  beforeAll(async () => {
    pipeline = await compileEastrock();
  });
  const opened: Warehouse[] = [];
  afterAll(() => Promise.all(opened.map((warehouse) => warehouse.close())));

  const refresh = async (warehouse: Warehouse, target: string, options: { rebuild?: boolean; rebuildFrom?: number } = {}) => {
    const mart = pipeline.martRefreshes.find((candidate) => candidate.target === target);
    if (!mart) throw new Error(`no mart ${target}`);
    return refreshMart(warehouse, mart, options);
  };

  const refreshAll = async (warehouse: Warehouse, targets = pipeline.catalog.marts.map(({ target }) => target)) => {
    for (const target of targets) await refresh(warehouse, target);
  };

  /** Bus is what an independent computation makes of bulk. */
  const expectRight = async (warehouse: Warehouse) => {
    const expected = await expectedBus(warehouse);
    expect(await actualBus(warehouse, Object.keys(expected))).toEqual(expected);
  };

  /** What a refresh does that fixed its upper batch before the newest batches were committed: it sees their rows already. */
  const refreshWithOldUpperBatches = async (warehouse: Warehouse, target: string, back: number) => {
    await warehouse.execute('update gear.feeds set batch_number = greatest(cast(batch_number as signed) - ?, 0)', [back]);
    await refresh(warehouse, target);
    await warehouse.execute('update gear.feeds set batch_number = batch_number + ?', [back]);
  };

  const counts = async (warehouse: Warehouse) => {
    const tables = pipeline.catalog.marts.flatMap((mart) => mart.countBy.map((grouping) => countTableName(mart, grouping)));
    return Promise.all(tables.map(async (table) => [table, await readTable(warehouse, table)]));
  };

  it.each(Array.from({ length: runs }, (_, run) => seed + run))(
    'equal an independent computation, and a rebuild, after any sequence of changes (STRATA_TEST_SEED=%i)',
    async (runSeed) => {
      const r = new Random(runSeed);
      const warehouse = await migratedWarehouse(url, pipeline);
      opened.push(warehouse);
      const targets = pipeline.catalog.marts.map((mart) => mart.target).filter((target) => target !== 'bus.calendar_dates');
      await refreshAll(warehouse, targets);
      for (let step = 0; step < steps; step++) {
        for (let batches = r.below(3) + 1; batches > 0; batches--) {
          const feed = r.pick(['users', 'games', 'payments'] as const);
          await writeBatch(warehouse, pipeline, feed, random[feed](r));
        }
        const old = r.chance(30) ? r.below(3) : 0;
        for (const target of r.shuffle(targets)) {
          if (r.chance(60)) continue;
          if (r.chance(10)) {
            const feed = r.pick(['users', 'games', 'payments'] as const);
            await writeBatch(warehouse, pipeline, feed, random[feed](r));
          }
          if (old > 0) await refreshWithOldUpperBatches(warehouse, target, Math.min(old, await lowestBatch(warehouse)));
          else await refresh(warehouse, target, { ...(r.chance(5) ? { rebuild: true } : {}), ...(r.chance(10) ? { rebuildFrom: 1 } : {}) });
        }
        if (!r.chance(30)) continue;
        await refreshAll(warehouse, targets);
        await expectRight(warehouse);
      }
      await refreshAll(warehouse, targets);
      await expectRight(warehouse);
      const counted = await counts(warehouse);
      for (const target of targets) await refresh(warehouse, target, { rebuild: true });
      await expectRight(warehouse);
      expect(await counts(warehouse)).toEqual(counted);
      for (const mart of pipeline.catalog.marts.filter((candidate) => candidate.affected.length > 0))
        expect(await readTable(warehouse, keyTableName(mart))).toEqual([]);
    },
  );

  const lowestBatch = async (warehouse: Warehouse): Promise<number> => {
    const [row] = await warehouse.query<{ n: number }>('select min(batch_number) as n from gear.feeds');
    return Number(row?.n ?? 0);
  };

  it('cover a payment that moves to another date while its user moves to another country, with a refresh anywhere between', async () => {
    const payment = (day: string) => ({
      payments: [{ transaction_id: 1, user_id: 1, amount: '5.00', transaction_date: day, type: 'Deposit' }],
    });
    const user = (country: string) => ({ users: [{ user_id: 1, user_name: 'Ann', signup_date: dates[2], country }] });
    const moves = [() => ['payments', payment(dates[1])] as const, () => ['users', user('DE')] as const];
    for (const order of [moves, [...moves].reverse()]) {
      for (const between of [false, true]) {
        const warehouse = await migratedWarehouse(url, pipeline);
        opened.push(warehouse);
        await writeBatch(warehouse, pipeline, 'payments', payment(dates[0]));
        await writeBatch(warehouse, pipeline, 'users', user('ES'));
        await refreshAll(warehouse);
        for (const move of order) {
          const [feed, rows] = move();
          await writeBatch(warehouse, pipeline, feed, rows);
          if (between) await refreshAll(warehouse);
        }
        await refreshAll(warehouse);
        await expectRight(warehouse);
      }
    }
  });

  it('cover a payment that moves after its user did, committed between any two refreshes', async () => {
    const warehouse = await migratedWarehouse(url, pipeline);
    opened.push(warehouse);
    const targets = pipeline.catalog.marts.map(({ target }) => target);
    await refreshAll(warehouse);
    let id = 0;
    for (const [place, { reads }] of pipeline.catalog.marts.entries()) {
      if (!reads.includes('payments')) continue;
      for (const to of [
        { day: dates[1], user: 0 },
        { day: dates[0], user: 1000 },
      ]) {
        id += 1;
        // Countries of their own, so that no other change mends what this one leaves.
        const user = (country: string) => ({
          users: [{ user_id: id, user_name: 'Ann', signup_date: dates[2], country: `${country}${id}` }],
        });
        const payment = (day: string, user_id: number) => ({
          payments: [{ transaction_id: id, user_id, amount: '5.00', transaction_date: day, type: 'Deposit' }],
        });
        await writeBatch(warehouse, pipeline, 'users', user('ES'));
        await writeBatch(warehouse, pipeline, 'payments', payment(dates[0], id));
        await refreshAll(warehouse);
        await writeBatch(warehouse, pipeline, 'users', user('DE'));
        await refreshAll(warehouse, targets.slice(0, place));
        await writeBatch(warehouse, pipeline, 'payments', payment(to.day, id + to.user));
        await refreshAll(warehouse, targets.slice(place));
        await refreshAll(warehouse);
      }
    }
    await expectRight(warehouse);
  });

  it('take a batch that new SQL was computed without, for it reads a mart that has not come so far', async () => {
    const warehouse = await migratedWarehouse(url, pipeline);
    opened.push(warehouse);
    await refreshAll(warehouse);
    await writeBatch(warehouse, pipeline, 'payments', {
      payments: [{ transaction_id: 1, user_id: 1, amount: '5.00', transaction_date: dates[0], type: 'Deposit' }],
    });
    await warehouse.execute(
      "update gear.mart_watermarks set batch_number = batch_number + 1 where target = 'bus.daily_users' and feed = 'payments'",
    );
    await warehouse.execute(
      "insert into gear.mart_watermarks (target, feed, batch_number) values ('bus.daily_users', 'no longer read', 1)",
    );
    await warehouse.execute("update gear.marts set checksum = repeat('x', 32) where target = 'bus.daily_users'");
    expect(await refresh(warehouse, 'bus.daily_users')).toMatchObject({ mode: 'rebuilt', rows: 0 });
    await refreshAll(warehouse);
    await expectRight(warehouse);
    expect(await warehouse.query("select 1 from gear.mart_watermarks where feed = 'no longer read'")).toEqual([]);
  });

  it('leave alone what a change can not alter: who played what, by changed durations; anything, by users without rows', async () => {
    const warehouse = await migratedWarehouse(url, pipeline);
    opened.push(warehouse);
    const game = (duration: number) => ({ game_id: 1, user_id: 1, play_date: dates[0], game_type: 'Slots', duration });
    const write = async (feed: string, rows: Record<string, Row[]>) => {
      await writeBatch(warehouse, pipeline, feed, rows);
      const keys: Record<string, number> = {};
      for (const { target } of pipeline.catalog.marts) keys[target] = (await refresh(warehouse, target)).keys;
      return keys;
    };
    await refreshAll(warehouse);
    const none = { 'gear.players': 0, 'gear.user_game_types': 0 };
    expect(await write('games', { games: [game(1)], game_catalog: [game(1)] })).toMatchObject({
      'gear.players': 1,
      'gear.user_game_types': 1,
      'bus.total_users': 1,
    });
    expect(await write('games', { games: [game(2)] })).toMatchObject({ ...none, 'gear.country_games': 0, 'bus.total_users': 1 });
    expect(await write('games', { games: [{ ...game(2), game_id: 2 }], game_catalog: [{ ...game(2), game_id: 2 }] })).toMatchObject({
      'gear.players': 0,
      'gear.user_game_types': 1,
    });
    const user = (user_id: number, country: string) => ({ users: [{ user_id, user_name: 'Ann', signup_date: dates[0], country }] });
    expect(await write('users', user(7, 'ES'))).toMatchObject({ ...none, 'gear.payer_types': 0, 'bus.total_users': 0 });
    expect(await write('users', user(1, 'ES'))).toMatchObject({
      'gear.players': 1,
      'gear.user_game_types': 1,
      'gear.country_games': 2,
      'bus.total_users': 1,
    });
    await expectRight(warehouse);
  });

  it('miss nothing that a worker of another release prunes while they are built', async () => {
    const prefix = freshPrefix();
    const warehouse = await migratedWarehouse(url, pipeline, prefix);
    const proxy = await startMysqlProxy(url);
    const builder = openWarehouse({ url: proxy.url, prefix });
    opened.push(warehouse, builder);
    const user = (user_id: number) => ({ users: [{ user_id, user_name: 'Ann', signup_date: dates[0], country: 'ES' }] });
    try {
      await writeBatch(warehouse, pipeline, 'users', user(1));
      await refreshAll(warehouse);
      const readers = pipeline.catalog.marts
        .filter(({ target }) => target !== 'gear.sign_ups')
        .map(({ target, reads }) => ({
          target,
          feeds: pipeline.definition.entities
            .filter(({ name }) => reads.includes(name))
            .flatMap(({ from }) => from.map(({ feed }) => feed)),
        }));
      for (const changed of [
        "delete from gear.marts where target = 'gear.sign_ups'",
        "update gear.marts set checksum = repeat('x', 32) where target = 'gear.sign_ups'",
      ]) {
        await warehouse.execute(changed);
        if (changed.startsWith('delete')) await warehouse.execute("delete from gear.mart_watermarks where target = 'gear.sign_ups'");
        const next = Number((await warehouse.query<{ n: number }>('select max(user_id) + 1 as n from bulk.users'))[0]!.n);
        proxy.at(
          'after',
          ({ sql }) => /^insert into \S*gear\S*\.`?sign_ups`?\s/.test(sql),
          async () => {
            await writeBatch(warehouse, pipeline, 'users', user(next));
            // The others are ahead already; what they hold, the old release sees no reason to keep.
            await warehouse.execute(
              "update gear.mart_watermarks set batch_number = batch_number + 1 where feed = 'users' and target <> 'gear.sign_ups'",
            );
            await pruneChanges(warehouse, pipeline.definition, readers);
            return 'go on';
          },
        );
        await refresh(builder, 'gear.sign_ups');
        expect(await refresh(warehouse, 'gear.sign_ups')).toMatchObject({ mode: 'incremental', rows: 1 });
        expect(await warehouse.query('select user_id from gear.sign_ups where user_id = ?', [next])).toHaveLength(1);
      }
    } finally {
      await proxy.close();
    }
  });

  it('rebuild a mart whose SQL changed; those that read one that could not be built fail at once instead of waiting for it', async () => {
    const warehouse = await migratedWarehouse(url, pipeline);
    opened.push(warehouse);
    const unbuilt = await refresh(warehouse, 'bus.total_users').catch((error: unknown) => error);
    expect(unbuilt).toBeInstanceOf(StrataError);
    const { type, message } = unbuilt as StrataError;
    expect(failureTypes[type]).toEqual({ retryable: false });
    expect(message).toMatch(/bus\.total_users depends on \S+, whose last rebuild failed/);
    await refreshAll(warehouse);
    await warehouse.execute("update gear.marts set checksum = repeat('x', 32) where target = 'bus.daily_users'");
    expect(await refresh(warehouse, 'bus.daily_users')).toMatchObject({ mode: 'rebuilt' });
    expect(await refresh(warehouse, 'bus.daily_users')).toMatchObject({ mode: 'current' });
  });
});
