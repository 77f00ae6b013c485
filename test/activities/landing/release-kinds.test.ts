import { afterAll, describe, expect, it } from '@jest/globals';
import { claimObjects } from '../../../src/activities/pickup/claim-objects.js';
import type { LandDeps } from '../../../src/activities/landing/land-deps.js';
import { landBundle } from '../../../src/activities/landing/land-bundle.js';
import { loadedObjects } from '../../../src/gear/loads/loaded-objects.js';
import { listOpenLoads } from '../../../src/activities/pickup/pickup-activities.js';
import { waitingFiles } from '../../../src/status/waiting-files.js';
import { compilePipeline } from '../../../src/engine/compiled-pipeline.js';
import type { PipelineDefinition } from '../../../src/engine/definition/types.js';
import { land, settle } from '../../support/land.js';
import { compileEastrock } from '../../support/mart-warehouse.js';
import { freshPrefix, warehouses } from '../../support/servers/servers.js';
import { bucketSource, folderSource, type TestSource } from '../../connectors/test-source.js';
import { quietScope, WarehouseChain } from '../../support/warehouse-chain.js';

const header = 'UserID,UserName,SignUpDate,Country\n';
const row = (id: number) => `${id},Ann,1/2/2024,Denmark\n`;
const of = { pipeline: 'eastrock', feed: 'users', source: { kind: 'feed' } } as const;

describe.each(
  warehouses.flatMap(({ name, url }) => [
    { what: `a bucket, on ${name}`, url, open: bucketSource },
    { what: `a folder, on ${name}`, url, open: folderSource },
  ]),
)('the release of files of $what', ({ url, open }) => {
  let source: TestSource;
  let chain: WarehouseChain;
  const begin = async (change: Partial<PipelineDefinition>) => {
    await end();
    source = await open();
    const { definition } = await compileEastrock();
    const pipeline = compilePipeline({ ...definition, ...change }, []);
    chain = new WarehouseChain({
      url,
      prefix: freshPrefix(),
      pipeline,
      sourceUrl: source.store.url,
      openStore: (address) => (address === source.store.url ? source.store : source.at('archive')),
    });
    await chain.migrate();
  };
  const end = async () => {
    await chain?.close();
    await source?.drop();
  };
  afterAll(end);

  const files = async () => {
    const keys: string[] = [];
    for await (const page of source.store.list({ recursive: true, unsettled: true }))
      keys.push(...page.map(({ key }) => source.store.relativeKey(key)));
    return keys.filter((key) => !key.startsWith('.strata')).sort();
  };
  /** A whole pickup, by bundles or one by one. */
  const pickup = async (deps: LandDeps = chain.deps) => {
    await claimObjects(deps, of, quietScope);
    const { loadIds } = await listOpenLoads({ ...deps, bundleBytes: 0 }, { ...of, after: 0, limit: 100 });
    return loadIds.length === 0 ? undefined : landBundle(deps, { ...of, loadIds }, quietScope);
  };
  const loads = () => chain.warehouse.query('select state, source_state, kind from gear.loads order by load_id');
  const age = (hours: number) =>
    chain.warehouse.execute(
      `update gear.loads set staged_at = staged_at - interval ${hours} hour, claimed_at = claimed_at - interval ${hours} hour`,
    );
  const waiting = () =>
    waitingFiles(source.store, chain.definition, [], (objects) => loadedObjects(chain.warehouse, 'eastrock', source.store, objects));

  it('deletes at once when the definition says nothing', async () => {
    await begin({});
    await source.put('users.csv', header + row(1));
    expect(await pickup()).toMatchObject({ staged: 1, released: [{ loadId: 1 }] });
    expect(await files()).toEqual([]);
    expect(await loads()).toEqual([{ state: 'staged', source_state: 'deleted', kind: 'pickup' }]);
  });

  it('deletes after the time of the definition, once, and counts the file once', async () => {
    await begin({ releaseAfter: '2 hours' });
    await source.put('users.csv', header + row(1));
    await source.put('users_bad.csv', 'Wrong\n1\n');
    expect(await pickup()).toMatchObject({ staged: 1, refused: 1, rowsStaged: 1, released: [] });
    expect(await pickup()).toBeUndefined();
    await age(1);
    expect(await pickup()).toBeUndefined();
    for (const loadId of [1, 2]) expect(await settle(chain.deps, loadId, quietScope)).toMatchObject({ source: 'present' });
    expect(await files()).toEqual(['users.csv', 'users_bad.csv']);
    expect(await waiting()).toMatchObject({ loaded: 2, feeds: { users: { files: 0 } } });
    await chain.process('users');
    await age(1.1);
    expect(await land(chain.deps, 1, quietScope)).toMatchObject({ outcome: 'staged', earlier: true });
    const released = await pickup();
    expect(released).toMatchObject({ staged: 0, refused: 0, rowsStaged: 0 });
    expect(released?.released.map(({ loadId }) => loadId).sort()).toEqual([1, 2]);
    expect(await files()).toEqual([expect.stringMatching(/^quarantine\/\d+-\w+\/users_bad\.csv$/)]);
    expect(await pickup()).toBeUndefined();
    expect((await loads()).map(({ source_state: state }) => state)).toEqual(['deleted', 'moved']);
  });

  it('leaves what took the place of a loaded file until its time', async () => {
    await begin({ releaseAfter: '1 day' });
    await source.put('users.csv', header + row(1));
    await pickup();
    await source.put('users.csv', header + row(1) + row(2));
    expect(await pickup()).toMatchObject({ staged: 1, rowsStaged: 2 });
    await age(25);
    await pickup();
    // One after the other, in the order of their deliveries.
    expect((await loads()).map(({ source_state: state }) => state)).toEqual(['replaced', 'deleted']);
    expect(await files()).toEqual([]);
  });

  it('archives by the day, overwrites nothing there, and loads from there', async () => {
    await begin({ release: 'archive' });
    for (const id of [1, 2, 3]) {
      await source.put('users.csv', header + row(id));
      expect(await pickup()).toMatchObject({ staged: 1, released: [{ loadId: id }] });
    }
    const [load] = await chain.warehouse.query<{ day: string }>(
      'select cast(date(staged_at) as char) as day from gear.loads where load_id = 1',
    );
    const folder = `archive/${load!.day}/`;
    const archived = await files();
    expect(archived).toHaveLength(3);
    expect(archived).toContain(`${folder}users.csv`);
    expect(archived.every((key) => key.startsWith(`${folder}users`))).toBe(true);
    expect((await loads()).map(({ source_state: state }) => state)).toEqual(['archived', 'archived', 'archived']);
    expect(await pickup()).toBeUndefined();
    await chain.process('users');
    expect(await chain.backfill('users')).toEqual([]);
    expect(await chain.backfill('users', `${source.store.url}archive`)).toMatchObject(
      [1, 2, 3].map(() => ({ outcome: 'staged', rowsStaged: 1 })),
    );
    expect(await files()).toEqual(archived);
  });

  it('archives once when a move whose end nobody heard of is tried again', async () => {
    await begin({ release: 'archive' });
    await source.put('users.csv', header + row(1));
    await pickup();
    const archived = await files();
    await chain.warehouse.execute(`update gear.loads set source_state = 'present', released_at = null`);
    expect(await settle(chain.deps, 1, quietScope)).toMatchObject({ source: 'archived' });
    expect(await files()).toEqual(archived);
  });

  it('keeps files, takes each version once, and does not call them waiting', async () => {
    await begin({ release: 'keep', releaseAfter: '1 hour' });
    await source.put('users.csv', header + row(1));
    await source.put('users_bad.csv', 'Wrong\n1\n');
    expect(await pickup()).toMatchObject({ staged: 1, refused: 1, released: [] });
    expect(await pickup()).toBeUndefined();
    expect(await files()).toEqual(['users.csv', 'users_bad.csv']);
    expect(await waiting()).toMatchObject({ loaded: 2, feeds: { users: { files: 0 } } });
    await chain.process('users');
    // What was refused is tried again by a backfill alone.
    expect(await chain.backfill('users')).toMatchObject([{ outcome: 'refused' }]);
    expect(await pickup()).toBeUndefined();
    await source.put('users.csv', header + row(1) + row(2));
    expect(await waiting()).toMatchObject({ loaded: 1, feeds: { users: { files: 1 } } });
    expect(await pickup()).toMatchObject({ staged: 1, rowsStaged: 2 });
    expect(await pickup()).toBeUndefined();
    expect((await loads()).map(({ source_state: state }) => state)).toEqual(['kept', 'kept', 'kept', 'kept']);
  });

  it('does not load again what a backfill of the source loaded, where files are kept', async () => {
    await begin({ release: 'keep' });
    await source.put('users.csv', header + row(1));
    expect(await chain.backfill('users')).toHaveLength(1);
    expect(await pickup()).toBeUndefined();
  });

  it('waits where a crash of the server can lose commits, unless the definition says how long', async () => {
    for (const [releaseAfter, hours] of [
      [undefined, 1],
      ['3 hours', 3],
    ] as const) {
      await begin({ releaseAfter });
      const deps = { ...chain.deps, releaseDelay: () => Promise.resolve(3_600) };
      await source.put('users.csv', header + row(1));
      expect(await pickup(deps)).toMatchObject({ staged: 1, released: [] });
      await age(hours - 0.9);
      expect(await pickup(deps)).toBeUndefined();
      await age(1);
      expect(await pickup(deps)).toMatchObject({ staged: 0, released: [{ loadId: 1 }] });
      expect(await files()).toEqual([]);
    }
  });
});
