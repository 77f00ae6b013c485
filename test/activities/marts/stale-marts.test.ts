import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createMartActivities } from '../../../src/activities/marts/mart-activities.js';
import { createVaultActivities } from '../../../src/activities/vault/vault-activities.js';
import { refreshStale } from '../../../src/activities/refresh-stale.js';
import type { StaleMarts, StaleVault } from '../../../src/contracts/activities/marts.js';
import type { CompiledPipeline } from '../../../src/engine/compiled-pipeline.js';
import { StrataError } from '../../../src/engine/strata-error.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import { writeBatch } from '../../support/bulk-writer.js';
import { actualBus, compileEastrock, expectedBus, migratedWarehouse } from '../../support/mart-warehouse.js';
import { warehouses } from '../../support/servers/servers.js';

const play = (gameId: number, userId: number) => ({
  games: [{ game_id: gameId, user_id: userId, play_date: '2024-02-01', game_type: 'Slots', duration: 5 }],
  game_catalog: [{ game_id: gameId, game_type: 'Slots' }],
});

describe.each(warehouses)('what is stale, on $name', ({ url }) => {
  let pipeline: CompiledPipeline;
  let warehouse: Warehouse;
  const run = <Result>(work: () => Promise<Result>): Promise<Result> => new MockActivityEnvironment().run(work);
  const marts = (except?: string[]): Promise<StaleMarts> =>
    run(() =>
      createMartActivities({
        warehouse,
        pipelines: new Map([['eastrock', pipeline]]),
        stores: { processedOf: () => undefined },
      }).refreshStaleMarts({
        pipeline: 'eastrock',
        except,
      }),
    );
  const vault = (): Promise<StaleVault> =>
    run(() => createVaultActivities({ warehouse, pipelines: new Map([['eastrock', pipeline]]) }).loadStaleVault({ pipeline: 'eastrock' }));
  const refreshAlone = async (left: StaleMarts['left']) => {
    const activities = createMartActivities({
      warehouse,
      pipelines: new Map([['eastrock', pipeline]]),
      stores: { processedOf: () => undefined },
    });
    for (const { mart } of left) await run(() => activities.refreshMart({ pipeline: 'eastrock', mart }));
  };

  beforeAll(async () => {
    pipeline = await compileEastrock();
    warehouse = await migratedWarehouse(url, pipeline);
  });
  afterAll(() => warehouse.close());

  it('is left to an activity each when it was never built, each after those that it reads', async () => {
    await writeBatch(warehouse, pipeline, 'users', { users: [{ user_id: 1, user_name: 'Ann', signup_date: '2024-01-01', country: 'ES' }] });
    const first = await marts();
    expect(first).toEqual({ marts: {}, left: pipeline.catalog.marts.map(({ target, after }) => ({ mart: target, after })) });
    await refreshAlone(first.left);
    expect((await vault()).left).toHaveLength(15);
  });

  it('is refreshed at once when it is little, and only that', async () => {
    await writeBatch(warehouse, pipeline, 'games', play(7, 1));
    const without = ['bus.total_games', 'bus.daily_users', 'bus.total_users'];
    const some = await marts(without);
    expect(Object.keys(some.marts)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^bus\.(total_games|daily_users|total_users)$/)]),
    );
    const others = await marts();
    expect(Object.keys(others.marts)).toEqual(expect.arrayContaining(without));
    const changed = { marts: { ...some.marts, ...others.marts }, left: [...some.left, ...others.left] };
    expect(changed.left).toEqual([]);
    expect(Object.keys(changed.marts)).toEqual(expect.arrayContaining(['bus.daily_games', 'bus.total_users', 'gear.players']));
    expect(Object.keys(changed.marts)).not.toContain('bus.daily_payments');
    expect(await marts()).toEqual({ marts: {}, left: [] });
    const expected = await expectedBus(warehouse);
    const withoutTimes = (rows: readonly Readonly<Record<string, string | null>>[] = []) =>
      rows.map(({ created_at: _created, updated_at: _updated, ...row }) => row);
    const names = ['daily_users', 'total_users', 'daily_games', 'total_game_types'];
    const actual = await actualBus(warehouse, names);
    for (const name of names) expect(withoutTimes(actual[name])).toEqual(withoutTimes(expected[name]));
  });

  it('is left when there is much of it', async () => {
    await writeBatch(warehouse, pipeline, 'games', play(8, 1));
    await warehouse.execute(
      `insert into gear.batches (pipeline, feed, batch_number, loads, rows_staged, committed_at)
       select pipeline, feed, batch_number, 1, 5001, utc_timestamp(6) from gear.feeds where feed = 'games'`,
    );
    const { left } = await marts();
    expect(left.map(({ mart }) => mart)).toContain('bus.daily_games');
    expect(left.map(({ mart }) => mart)).not.toContain('bus.daily_payments');
    await refreshAlone(left);
  });
});

describe('a few stale marts', () => {
  interface Consumer {
    readonly target: string;
    readonly after: readonly Consumer[];
  }
  const consumer = (target: string, ...after: Consumer[]): Consumer => ({ target, after });
  const [a, b, current] = [consumer('a'), consumer('b'), consumer('current')];
  const d = consumer('d', b);
  const stale = { consumers: [a, b, consumer('c', a, current), d], rows: 1 };
  const options = { signal: new AbortController().signal, atOnce: 2 };

  it('are left one by one when they fail, with those that read them, in their order; those that are current are not touched', async () => {
    const done: string[] = [];
    const left = await refreshStale(stale, options, async ({ target }) => {
      if (target === 'b') throw new StrataError('contention', 'somebody else has it');
      done.push(target);
    });
    expect(done).toEqual(['a', 'c']);
    expect(left).toEqual([b, d]);
  });

  it('fail together when the warehouse does not answer, after those at work have ended', async () => {
    const ended: string[] = [];
    const refresh = async ({ target }: Consumer) => {
      if (target === 'a') throw new StrataError('unavailable', 'the warehouse does not answer');
      await new Promise((resolve) => setTimeout(resolve, 20));
      ended.push(target);
    };
    await expect(refreshStale(stale, options, refresh)).rejects.toThrow('does not answer');
    expect(ended).toEqual(['b']);
  });
});
