import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { claimObjects } from '../../../src/activities/pickup/claim-objects.js';
import { reportDates } from '../../../src/activities/pickup/report-dates.js';
import { listOpenLoads } from '../../../src/activities/pickup/pickup-activities.js';
import type { LoadSource, Partitions } from '../../../src/contracts/activities/pickup.js';
import { compilePipeline } from '../../../src/engine/compiled-pipeline.js';
import type { FeedDefinition, PipelineDefinition } from '../../../src/engine/definition/types.js';
import { validatePipelines } from '../../../src/engine/definition/validate.js';
import type { ListOptions, ObjectStore } from '../../../src/engine/object-store.js';
import { loadedObjects } from '../../../src/gear/loads/loaded-objects.js';
import { waitingFiles } from '../../../src/status/waiting-files.js';
import { settle } from '../../support/land.js';
import { compileEastrock } from '../../support/mart-warehouse.js';
import { freshPrefix, warehouses } from '../../support/servers/servers.js';
import { bucketSource, folderSource, type TestSource } from '../../connectors/test-source.js';
import { quietScope, WarehouseChain } from '../../support/warehouse-chain.js';

const header = 'UserID,UserName,SignUpDate,Country\n';
const user = (id: number, country: string) => `${header}${id},Ann,1/2/2024,${country}\n`;
const column = 'delivery_date';

/** Eastrock's users: those of each day in its folder, those of the beginning in another one. */
function datedFeeds(users: FeedDefinition): readonly FeedDefinition[] {
  return [
    { ...users, match: 'raw/(?<date>[^/]+)/users\\.csv', partition: { column, group: 'date' } },
    {
      ...users,
      name: 'first_users',
      match: 'init/users\\.csv',
      partition: { column, value: '1000-01-01' },
    },
  ];
}

describe.each(
  warehouses.flatMap(({ name, url }) => [
    { what: `a bucket, on ${name}`, url, open: bucketSource },
    { what: `a folder, on ${name}`, url, open: folderSource },
  ]),
)('files in folders of dates in $what', ({ url, open }) => {
  let source: TestSource;
  let chain: WarehouseChain;
  let looked: Pick<ListOptions, 'recursive' | 'prefix'>[] = [];
  const begin = async (release: PipelineDefinition['release']) => {
    await end();
    source = await open();
    const { definition } = await compileEastrock();
    const users = definition.feeds.find(({ name }) => name === 'users')!;
    const entity = definition.entities.find(({ name }) => name === 'users')!;
    const entities = [entity, { ...entity, name: 'first_users', from: [{ feed: 'first_users' }] }];
    const dated = {
      ...definition,
      release,
      feeds: datedFeeds(users),
      entities,
      surrogates: [],
      vault: { hubs: [], links: [], satellites: [] },
    };
    const [checked] = validatePipelines([dated]);
    const watched = watchedStore(source.store, (options) => looked.push(options));
    chain = new WarehouseChain({
      url,
      prefix: freshPrefix(),
      pipeline: compilePipeline(checked!, []),
      sourceUrl: source.store.url,
      openStore: (address) =>
        address === source.store.url ? watched : source.at(address.slice(source.store.url.length).replace(/\/$/, '')),
    });
    await chain.migrate();
  };
  const end = async () => {
    await chain?.close();
    await source?.drop();
  };
  beforeAll(() => begin('keep'));
  afterAll(end);
  beforeEach(() => {
    looked = [];
  });

  const claim = (feed: string, partitions?: Partitions) =>
    claimObjects(chain.deps, { pipeline: 'eastrock', feed, source: from(partitions) }, quietScope);
  const from = (partitions?: Partitions): LoadSource => ({ kind: 'feed', partitions });
  const pickup = async (feed: string, partitions?: Partitions) => {
    await claim(feed, partitions);
    const { loadIds } = await listOpenLoads(
      { ...chain.deps, bundleBytes: 0 },
      { pipeline: 'eastrock', feed, source: from(partitions), after: 0, limit: 100 },
    );
    for (const loadId of loadIds) {
      await chain.land(loadId);
      await settle(chain.deps, loadId, quietScope);
    }
    return loadIds.length;
  };
  const day = (date: string) => ({ from: date, to: date });
  const loads = () =>
    chain.warehouse.query(
      `select feed, cast(partition_date as char) as day, substring_index(object_key, 'in/', -1) as object_key, state
       from gear.loads order by delivery_order, load_id`,
    );
  const countries = () => chain.warehouse.query('select user_id, country from bulk.users order by user_id');
  const files = async () => {
    const keys: string[] = [];
    for await (const page of source.store.list({ recursive: true, unsettled: true }))
      keys.push(...page.map(({ key }) => source.store.relativeKey(key)));
    return keys.filter((key) => !key.startsWith('.strata')).sort();
  };
  const waiting = () =>
    waitingFiles(source.store, chain.definition, [], (objects) => loadedObjects(chain.warehouse, 'eastrock', source.store, objects));

  it('are claimed for the dates that are wanted, and no other folder is listed', async () => {
    for (const date of ['2020-06-21', '2020-06-22', '2020-06-23', '2020-07-01']) await source.put(`raw/${date}/users.csv`, user(1, date));
    await source.put('init/users.csv', user(1, 'init'));
    await source.put('final/users.csv', user(1, 'no source'));
    expect(await claim('users', day('2020-06-22'))).toMatchObject({ found: 1, claimed: 1 });
    expect(looked).toEqual([{ recursive: true, prefix: 'raw/2020-06-22' }]);
    expect(await claim('users', day('2020-06-20'))).toMatchObject({ found: 0, claimed: 0 });
    expect(await claim('users', { from: '2020-06-22', to: '2020-06-30' })).toMatchObject({ found: 2, claimed: 1 });
    expect(await claim('users', 'initial')).toMatchObject({ found: 0 });
    expect(await claim('first_users', day('2020-06-22'))).toMatchObject({ found: 0 });
    expect(await claim('first_users', 'initial')).toMatchObject({ found: 1, claimed: 1 });
    expect(looked.slice(1)).toEqual([
      { recursive: true, prefix: 'raw/2020-06-20' },
      { recursive: true, prefix: 'raw/2020-06-' },
      { recursive: true, prefix: 'init/users.csv' },
    ]);
    expect(await loads()).toMatchObject([
      { feed: 'first_users', day: '1000-01-01', object_key: 'init/users.csv' },
      { feed: 'users', day: '2020-06-22', object_key: 'raw/2020-06-22/users.csv' },
      { feed: 'users', day: '2020-06-23', object_key: 'raw/2020-06-23/users.csv' },
    ]);
  });

  it('are reported by date, with those that are not loaded yet', async () => {
    const report = (feeds: readonly string[]) =>
      reportDates(chain.warehouse, { pipeline: 'eastrock', feeds, dates: { from: '2020-06-20', to: '2020-06-23' } });
    const none = { dates: 0, first: [] };
    expect(await report(['users'])).toEqual({
      dates: 4,
      empty: { dates: 2, first: ['2020-06-20', '2020-06-21'] },
      missing: {},
      incomplete: { dates: 2, first: ['2020-06-22', '2020-06-23'] },
    });
    expect(await report(['users', 'first_users'])).toMatchObject({
      missing: { first_users: { dates: 2, first: ['2020-06-22', '2020-06-23'] } },
    });
    expect(await report(['first_users'])).toMatchObject({ empty: { dates: 4 }, incomplete: none });
  });

  it('are not missing where they are there but can not be loaded', async () => {
    const dates = { from: '2020-06-20', to: '2020-06-23' };
    const unclaimed = { first_users: ['2020-06-20', '2020-06-22'] };
    expect(await reportDates(chain.warehouse, { pipeline: 'eastrock', feeds: ['users', 'first_users'], dates, unclaimed })).toEqual({
      dates: 4,
      empty: { dates: 1, first: ['2020-06-21'] },
      missing: { users: { dates: 1, first: ['2020-06-20'] }, first_users: { dates: 1, first: ['2020-06-23'] } },
      incomplete: { dates: 3, first: ['2020-06-20', '2020-06-22', '2020-06-23'] },
    });
  });

  it('are landed for the dates that are wanted', async () => {
    expect(await pickup('users', day('2020-06-23'))).toBe(1);
    expect((await loads()).map(({ state }) => state)).toEqual(['claimed', 'claimed', 'staged']);
    expect(await pickup('users', { from: '2020-06-22', to: '2020-06-23' })).toBe(1);
    expect(await pickup('users', day('2020-06-21'))).toBe(1);
    expect(await pickup('users', day('2020-07-01'))).toBe(1);
  });

  it('count by date, whenever they come', async () => {
    await chain.process('users');
    expect(await countries()).toEqual([{ user_id: 1, country: '2020-07-01' }]);
    await source.put('raw/2020-06-30/users.csv', user(1, 'late'), 0);
    await source.put('raw/2020-07-02/users.csv', user(1, '2020-07-02'), 3_600);
    expect(await pickup('users', { from: '2020-06-30', to: '2020-07-02' })).toBe(2);
    expect(await chain.process('users')).toMatchObject({ updated: 1, outdated: 1 });
    expect(await countries()).toEqual([{ user_id: 1, country: '2020-07-02' }]);
  });

  it('are shown by the status, those of no date with the reason', async () => {
    await source.put('raw/2020-06-31/users.csv', user(2, 'no day'));
    await source.put('raw/2020-08-01/users.csv', user(2, 'waits'));
    await source.put('raw/2020-08-01/other.csv', 'x');
    expect(await claim('users')).toMatchObject({
      found: 7,
      leftAlone: {
        files: 1,
        first: [
          {
            object: expect.stringMatching(/raw\/2020-06-31\/users\.csv$/) as unknown,
            reason: expect.stringContaining('names no date') as unknown,
          },
        ],
      },
    });
    const { feeds, others, leftAlone, loaded } = await waiting();
    expect(feeds).toMatchObject({ users: { files: 1 }, first_users: { files: 1 } });
    expect(others).toEqual({ files: 1, keys: ['raw/2020-08-01/other.csv'] });
    expect(leftAlone).toEqual({
      files: 2,
      shown: [
        { key: 'raw/2020-06-31/users.csv', reason: expect.stringContaining('it names no date: "2020-06-31" is not a date') as unknown },
        { key: 'final/', reason: expect.stringContaining("it is a folder that no feed's match names") as unknown },
      ],
    });
    expect(loaded).toBe(6);
  });

  it('keep their folders in the archive and in quarantine, and are loaded again from there', async () => {
    await begin('archive');
    await source.put('raw/2020-06-22/users.csv', user(1, 'Latvia'));
    await source.put('raw/2020-06-23/users.csv', 'Wrong\n1\n');
    expect(await pickup('users')).toBe(2);
    const [archived, refused] = await files();
    expect(archived).toMatch(/^archive\/\d{4}-\d\d-\d\d\/raw\/2020-06-22\/users\.csv$/);
    expect(refused).toMatch(/^quarantine\/\d+-\w+\/raw\/2020-06-23\/users\.csv$/);
    expect(await waiting()).toMatchObject({ feeds: { users: { files: 0 } }, others: { files: 0 }, leftAlone: { files: 0 } });
    expect(await pickup('users')).toBe(0);

    await chain.process('users');
    const folderOf = (key: string) => key.slice(0, key.indexOf('/raw/'));
    await source.put(refused!, user(1, 'Estonia'));
    // A file of an earlier date, delivered later: the corrected one wins over it by its date.
    await source.put('raw/2020-06-22/users.csv', user(1, 'Lithuania'), 0);
    expect(await pickup('users')).toBe(1);
    await chain.process('users');
    expect(await countries()).toEqual([{ user_id: 1, country: 'Lithuania' }]);
    expect(await chain.backfill('users', `${source.store.url}${folderOf(refused!)}`)).toMatchObject([{ outcome: 'staged' }]);
    await chain.process('users');
    expect(await countries()).toEqual([{ user_id: 1, country: 'Estonia' }]);
    expect(await chain.backfill('users', `${source.store.url}${folderOf(archived!)}`)).toMatchObject([{ outcome: 'staged' }]);
    expect((await loads()).map(({ day: date }) => date)).toEqual(['2020-06-22', '2020-06-22', '2020-06-22', '2020-06-23', '2020-06-23']);
    expect(await chain.backfill('users')).toEqual([]);
  });
});

function watchedStore(store: ObjectStore, looked: (options: Pick<ListOptions, 'recursive' | 'prefix'>) => void): ObjectStore {
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      if (name === 'list')
        return (options: ListOptions) => {
          looked({ recursive: options.recursive, prefix: options.prefix });
          return target.list(options);
        };
      return (...args: unknown[]) => (value as (...all: unknown[]) => unknown).apply(target, args);
    },
  });
}
