import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { claimObjects } from '../../../src/activities/pickup/claim-objects.js';
import type { LandDeps } from '../../../src/activities/landing/land-deps.js';
import { landBundle, type BundleBounds } from '../../../src/activities/landing/land-bundle.js';
import type { ActivityScope } from '../../../src/activities/run-activity.js';
import { StoreError, type ObjectStore } from '../../../src/engine/object-store.js';
import { createTestBucket, type TestBucket } from '../../connectors/s3/test-bucket.js';
import { gamesFile, gamesHeld } from '../../kill/lab/files.js';
import { land as landAlone } from '../../support/land.js';
import { compileEastrock } from '../../support/mart-warehouse.js';
import { freshPrefix, warehouses } from '../../support/servers/servers.js';
import { until } from '../../support/until.js';
import { quietScope, WarehouseChain } from '../../support/warehouse-chain.js';

const files = 24;
const rows = 10;
const games = { pipeline: 'eastrock', feed: 'games', source: { kind: 'feed' } } as const;
const nameOf = (file: number) => `games_${file}.csv`;

describe.each(warehouses)('a bundle of small files on $name', ({ url }) => {
  let bucket: TestBucket;
  let chain: WarehouseChain;
  let deps: LandDeps;
  let store: ObjectStore;
  let loadIds: readonly number[];
  /** Stands in for reading an object where it returns something. */
  let insteadOfReading: (key: string, signal: AbortSignal) => Promise<Readable> | undefined;

  beforeAll(async () => {
    bucket = await createTestBucket();
    store = bucket.store();
    const read = store.read.bind(store);
    store.read = (version, options) => insteadOfReading(version.key, options.signal!) ?? read(version, options);
    chain = new WarehouseChain({
      url,
      prefix: freshPrefix(),
      pipeline: await compileEastrock(),
      sourceUrl: store.url,
      openStore: () => store,
    });
    deps = chain.deps;
    await chain.migrate();
  });
  afterAll(async () => {
    await chain.close();
    await bucket.drop();
  });
  beforeEach(async () => {
    insteadOfReading = () => undefined;
    await chain.reset();
    for await (const page of store.list({ recursive: true })) for (const version of page) await store.remove(version);
    for (let file = 0; file < files; file += 1) await bucket.put(nameOf(file), gamesFile(1 + file * rows, rows));
    await claim();
  });

  const claim = async () => {
    await claimObjects(deps, games, quietScope);
    loadIds = await idsWhere('true');
  };
  const idsWhere = async (condition: string) =>
    (await chain.warehouse.query<{ load_id: number }>(`select load_id from gear.loads where ${condition} order by load_id`)).map(
      (row) => row.load_id,
    );
  const idOf = async (file: number) => (await idsWhere(`object_key = '${nameOf(file)}'`))[0]!;
  const land = (scope: Partial<ActivityScope> = {}, bounds?: BundleBounds) =>
    landBundle(deps, { ...games, loadIds }, { ...quietScope, ...scope }, bounds);
  const states = () =>
    chain.warehouse.query(
      'select state, source_state, count(*) as n from gear.loads group by state, source_state order by state, source_state',
    );
  const leftInBucket = async () => {
    const found: string[] = [];
    for await (const page of store.list({ recursive: true })) found.push(...page.map(({ key }) => key));
    return found;
  };
  const everythingIsThere = async () => {
    expect(await states()).toEqual([{ state: 'staged', source_state: 'deleted', n: files }]);
    expect(await leftInBucket()).toEqual([]);
    expect((await chain.process('games')).inserted).toBe(files * rows);
    await chain.refresh();
    expect(await gamesHeld(chain)).toEqual({ first: 1, last: files * rows, held: files * rows, minutes: String(files * rows) });
  };

  it('keeps the state of each: staged, cut, refused, replaced and gone side by side', async () => {
    await bucket.put(nameOf(1), `${gamesFile(11, 9)}x,1,Slots,1/1/2024,1\n`);
    await bucket.put(nameOf(2), 'no header of games\n');
    await claim();
    for await (const page of store.list({ recursive: false }))
      for (const version of page) if (version.key === nameOf(3)) await store.remove(version);
    const result = await land();
    expect(result).toMatchObject({ staged: files - 2, refused: 1, replaced: 2, gone: 1, failed: [], left: [] });
    expect(result).toMatchObject({ rowsStaged: (files - 3) * rows + 9, rowsQuarantined: 1 });
    expect(await states()).toEqual([
      { state: 'gone', source_state: 'gone', n: 1 },
      { state: 'refused', source_state: 'moved', n: 1 },
      { state: 'replaced', source_state: 'replaced', n: 2 },
      { state: 'staged', source_state: 'deleted', n: files - 2 },
    ]);
    expect(await leftInBucket()).toEqual([expect.stringMatching(/^quarantine\/\d+-[0-9a-f]{8}\/games_2\.csv$/)]);
  });

  it('does what is left when it is tried again, and counts all of it', async () => {
    loadIds = loadIds.slice(0, 9);
    expect(await land()).toMatchObject({ staged: 9, rowsStaged: 9 * rows });
    loadIds = await idsWhere('true');
    const counted: number[] = [];
    const again = await land({ count: (counter, value) => void (counter === 'rowsStaged' && counted.push(value)) });
    expect(again).toMatchObject({ staged: files, rowsStaged: files * rows, failed: [], left: [] });
    // Metrics tell what was landed, not what was found landed.
    expect(counted).toEqual(Array.from({ length: files - 9 }, () => rows));
    await everythingIsThere();
  });

  it('names a file that fails and one that stands still, and lands the others', async () => {
    const stalled: Readable[] = [];
    insteadOfReading = (key, signal) => {
      if (key === nameOf(5)) return Promise.reject(new StoreError('denied', 'this object may not be read'));
      if (key !== nameOf(0)) return undefined;
      const stream = new Readable({ read: () => undefined });
      signal.addEventListener('abort', () => stream.destroy(signal.reason as Error));
      stalled.push(stream);
      return Promise.resolve(stream);
    };
    const [stuck, denied] = [await idOf(0), await idOf(5)];
    const warnings: string[] = [];
    const log = { ...quietScope.log, warn: (message: string) => void warnings.push(message) };
    const result = await land({ log }, { lanes: 3, load: 10_000, bundle: 90_000 });
    expect(result).toMatchObject({ staged: files - 2, left: [] });
    expect(new Map(result.failed.map(({ loadId, type }) => [loadId, type]))).toEqual(
      new Map([
        [stuck, 'unavailable'],
        [denied, 'denied'],
      ]),
    );
    expect(warnings.sort()).toEqual(
      [
        `load ${stuck} gets a landing of its own: load ${stuck} took longer than the 10 s that a bundle gives to a load`,
        `load ${denied} gets a landing of its own: this object may not be read`,
      ].sort(),
    );
    expect(stalled.map(({ destroyed }) => destroyed)).toEqual([true]);
    insteadOfReading = () => undefined;
    for (const loadId of [stuck, denied])
      expect(await landAlone(deps, loadId, quietScope)).toMatchObject({ outcome: 'staged', rowsStaged: rows });
  });

  it('leaves what it landed and did not get to count to the landing of its own, which counts it', async () => {
    const [since] = await chain.warehouse.query<{ now: string }>('select utc_timestamp(6) as now');
    await bucket.put(nameOf(7), `${gamesFile(71, 9)}x,1,Slots,1/1/2024,1\n`);
    await claim();
    const loadId = (await idsWhere(`object_key = '${nameOf(7)}'`)).at(-1)!;
    const remove = store.remove.bind(store);
    // The file goes and nobody hears of it in time.
    store.remove = async (version, signal) => {
      const outcome = await remove(version, signal);
      if (version.key === nameOf(7)) await sleep(16_000);
      return outcome;
    };
    try {
      const result = await land({}, { lanes: 3, load: 2_000, bundle: 90_000 });
      expect(result.failed.map((failed) => failed.loadId)).toContain(loadId);
      expect(result).toMatchObject({ rowsQuarantined: 0 });
    } finally {
      store.remove = remove;
    }
    await until(async () => (await idsWhere(`load_id = ${loadId} and source_state = 'deleted'`)).length === 1);
    const found = await landAlone(deps, loadId, quietScope, since!.now);
    expect(found).toMatchObject({ outcome: 'staged', rowsStaged: 9, rowsQuarantined: 1 });
    expect(found).not.toHaveProperty('earlier');
    const [later] = await chain.warehouse.query<{ now: string }>('select utc_timestamp(6) as now');
    expect(await landAlone(deps, loadId, quietScope, later!.now)).toMatchObject({ earlier: true });
  }, 60_000);

  it('begins no load after its time, and names those that are left', async () => {
    const begun: string[] = [];
    insteadOfReading = (key) => {
      begun.push(key);
      return sleep(300).then(() => Promise.reject(new StoreError('denied', 'this object may not be read')));
    };
    const result = await land({}, { lanes: 2, load: 60_000, bundle: 1_000 });
    expect(begun.length).toBeGreaterThan(1);
    expect(result.failed.length).toBe(begun.length);
    expect(result.left.length).toBe(files - begun.length);
    insteadOfReading = () => undefined;
    expect(await land()).toMatchObject({ staged: files, left: [] });
    await everythingIsThere();
  });

  it('is tried again as a whole when the store does not answer, with other files first', async () => {
    const asked: string[] = [];
    insteadOfReading = (key) => {
      asked.push(key);
      return Promise.reject(new StoreError('unavailable', 'the store does not answer'));
    };
    const bounds = { lanes: 2, load: 10_000, bundle: 60_000 };
    await expect(land({ attempt: 1 }, bounds)).rejects.toMatchObject({ kind: 'unavailable' });
    const first = new Set(asked.splice(0));
    expect(first.size).toBeLessThan(files / 2);
    await expect(land({ attempt: 2 }, bounds)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(asked.slice(0, 2).filter((key) => first.has(key))).toEqual([]);
    // Some are well: then it is not the store.
    insteadOfReading = (key) => (first.has(key) ? Promise.reject(new StoreError('unavailable', 'the store does not answer')) : undefined);
    const result = await land({ attempt: 3 }, bounds);
    expect([result.staged, result.failed.length]).toEqual([files - first.size, first.size]);
  });

  it('lands each file once when it runs several times at once', async () => {
    const results = await Promise.all([land(), land(), land()]);
    for (const result of results) expect(result).toMatchObject({ staged: files, rowsStaged: files * rows, failed: [], left: [] });
    expect(await chain.warehouse.query('select count(*) as n from staging.games')).toEqual([{ n: files * rows }]);
    const released = await chain.warehouse.query<{ n: number }>(
      `select count(*) as n from gear.loads where source_state in ('deleted', 'gone')`,
    );
    expect(released).toEqual([{ n: files }]);
    expect(await leftInBucket()).toEqual([]);
  });

  it('stops when it is cancelled, with every load whole or not there', async () => {
    const cancel = new AbortController();
    let begun = 0;
    insteadOfReading = () => {
      begun += 1;
      if (begun === 10) cancel.abort(new Error('cancelled'));
      return undefined;
    };
    await expect(land({ signal: cancel.signal })).rejects.toThrow('cancelled');
    const [landed] = await chain.warehouse.query<{ n: number; held: number }>(
      `select count(*) as n, (select count(*) from staging.games) as held from gear.loads where state = 'staged'`,
    );
    expect(landed!.n).toBeLessThan(files);
    expect(landed!.held).toBe(landed!.n * rows);
    insteadOfReading = () => undefined;
    expect(await land({ attempt: 2 })).toMatchObject({ staged: files, failed: [] });
    const held = await chain.warehouse.query<{ n: number }>('select count(*) as n from staging.games');
    expect(held).toEqual([{ n: files * rows }]);
  });
});
