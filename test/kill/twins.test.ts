import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { claimObjects } from '../../src/activities/pickup/claim-objects.js';
import type { LandDeps } from '../../src/activities/landing/land-deps.js';
import { StrataError } from '../../src/engine/strata-error.js';
import { createTestBucket, type TestBucket } from '../connectors/s3/test-bucket.js';
import { land, settle } from '../support/land.js';
import { actualBus, compileEastrock, expectedBus } from '../support/mart-warehouse.js';
import { freshPrefix, warehouses } from '../support/servers/servers.js';
import { quietScope, WarehouseChain } from '../support/warehouse-chain.js';
import { countriesHeld, gamesFile, gamesHeld, loadsOf, usersFile } from './lab/files.js';

/** As Temporal does: what another worker was in the way of is tried again. */
async function retried<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === 50 || !(error instanceof StrataError && error.type === 'contention')) throw error;
      await sleep(20);
    }
  }
}

const thrice = <Result>(work: () => Promise<Result>): Promise<Result[]> => Promise.all([1, 2, 3].map(() => retried(work)));

describe.each(warehouses)('activities that run several times at once on $name', ({ url }) => {
  let bucket: TestBucket;
  let chain: WarehouseChain;
  let deps: LandDeps;
  const streams: Readable[] = [];
  const games = { pipeline: 'eastrock', feed: 'games', source: { kind: 'feed' } } as const;
  beforeAll(async () => {
    bucket = await createTestBucket();
    const store = bucket.store();
    const read = store.read.bind(store);
    store.read = async (...args) => {
      const stream = await read(...args);
      streams.push(stream);
      return stream;
    };
    const options = { url, prefix: freshPrefix(), pipeline: await compileEastrock(), sourceUrl: store.url, openStore: () => store };
    chain = new WarehouseChain(options);
    deps = { ...chain.deps, chunkBytes: 1_000 };
    await chain.migrate();
    await chain.refresh();
  });
  afterAll(async () => {
    await chain.close();
    await bucket.drop();
  });

  it('claim, land, release, process and refresh a file once', async () => {
    await bucket.put('games.csv', `${gamesFile(1, 600)}x,1,Slots,1/1/2024,1\n`);
    const claims = await thrice(() => claimObjects(deps, games, quietScope));
    expect(claims.reduce((sum, { claimed }) => sum + claimed, 0)).toBe(1);
    const [load] = await chain.warehouse.query<{ load_id: number }>('select load_id from gear.loads');
    const landed = await thrice(() => land(deps, load!.load_id, quietScope));
    expect(landed).toEqual([1, 2, 3].map(() => expect.objectContaining({ outcome: 'staged', rowsStaged: 600, rowsQuarantined: 1 })));
    const ranges = await chain.warehouse.query<{ start_offset: number; end_offset: number }>(
      'select start_offset, end_offset from gear.load_chunks order by chunk_number',
    );
    expect(ranges.slice(1).map((range) => range.start_offset)).toEqual(ranges.slice(0, -1).map((range) => range.end_offset));
    expect(await chain.warehouse.query('select count(*) as n from staging.games')).toEqual([{ n: 600 }]);
    expect(await chain.warehouse.query('select count(*) as n from gear.quarantine')).toEqual([{ n: 1 }]);
    // One that lost a race before it read a byte must let go of its connection too.
    expect(streams.filter(({ destroyed }) => !destroyed)).toEqual([]);
    await thrice(() => settle(deps, load!.load_id, quietScope));
    expect(landed.some((result) => 'earlier' in result)).toBe(false);
    expect(await land(deps, load!.load_id, quietScope)).toEqual({ ...landed[0]!, earlier: true });
    const batches = (await thrice(() => chain.process('games'))).map(({ batch }) => batch);
    expect(batches.sort()).toEqual([1, null, null]);
    await thrice(() => chain.refresh());
    await thrice(() => chain.loadVault());
    expect(await chain.warehouse.query('select count(*) as n from vault.sat_play')).toEqual([{ n: 600 }]);
    expect(await gamesHeld(chain)).toEqual({ first: 1, last: 600, held: 600, minutes: '600' });
    const expected = await expectedBus(chain.warehouse);
    expect(await actualBus(chain.warehouse, Object.keys(expected))).toEqual(expected);
  });

  it('A, B, A and A again within a second or two are four deliveries, and the last one wins', async () => {
    const [a, b] = [usersFile('ES', [1, 2, 3]), usersFile('DE', [1, 2])];
    for (const content of [a, b, a, a]) {
      await bucket.put('users.csv', content);
      await chain.pickup('users');
    }
    await chain.process('users');
    expect(await countriesHeld(chain)).toEqual({ ES: 3 });
    expect(await loadsOf(chain, 'users')).toEqual(
      [3, 2, 3, 3].map((rows) => ({ state: 'processed', source_state: 'deleted', rows_staged: rows })),
    );
    expect(
      await chain.warehouse.query(
        'select inserted, updated, unchanged, superseded, outdated from gear.load_counts c join gear.loads l using (load_id) where feed = ? order by load_id',
        ['users'],
      ),
    ).toEqual([
      { inserted: 3, updated: 0, unchanged: 0, superseded: 0, outdated: 0 },
      { inserted: 0, updated: 2, unchanged: 0, superseded: 0, outdated: 0 },
      { inserted: 0, updated: 2, unchanged: 1, superseded: 0, outdated: 0 },
      { inserted: 0, updated: 0, unchanged: 3, superseded: 0, outdated: 0 },
    ]);
  });

  it('a file that is released while it is being listed is no new delivery', async () => {
    await bucket.put('games_listed.csv', gamesFile(9_001, 3));
    await claimObjects(deps, games, quietScope);
    const [load] = await chain.warehouse.query<{ load_id: number }>('select max(load_id) as load_id from gear.loads');
    const store = deps.stores.sourceOf('eastrock');
    const list = store.list.bind(store);
    store.list = async function* (options) {
      for await (const page of list(options)) {
        await land(deps, load!.load_id, quietScope);
        expect(await settle(deps, load!.load_id, quietScope)).toMatchObject({ source: 'deleted' });
        yield page;
      }
    };
    try {
      expect(await claimObjects(deps, games, quietScope)).toMatchObject({ found: 1, claimed: 0, waiting: 0 });
    } finally {
      store.list = list;
    }
    expect(await claimObjects(deps, games, quietScope)).toMatchObject({ found: 0, claimed: 0, waiting: 0 });
  });
});
