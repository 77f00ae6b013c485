import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { landBundles } from '../../../src/activities/landing/land-bundles.js';
import { claimLake } from '../../../src/activities/pickup/claim-lake.js';
import { claimObjects } from '../../../src/activities/pickup/claim-objects.js';
import { StoreError, type ObjectStore } from '../../../src/engine/object-store.js';
import { LakeFolder, type Row } from '../../pipelines/totesys/lake.js';
import { FolderChain } from '../../support/folder-chain.js';
import { compileFile } from '../../support/mart-warehouse.js';
import { warehouses } from '../../support/servers/servers.js';
import { quietScope } from '../../support/warehouse-chain.js';

const design = (id: string, name: string): Row => ({
  design_id: id,
  design_name: name,
  file_location: '/a',
  file_name: 'a.json',
  created_at: '2026-03-01 09:00:00',
  last_updated: '2026-03-01 09:00:00',
});

describe.each(warehouses)('the runs of a lake on $name', ({ url }) => {
  let chain: FolderChain;
  let lake: LakeFolder;
  beforeAll(async () => {
    chain = await FolderChain.open(url, { pipeline: await compileFile('totesys') });
  });
  beforeEach(async () => {
    for (const name of ['_runs', 'design']) rmSync(join(chain.folder, name), { recursive: true, force: true });
    await chain.reset();
    lake = new LakeFolder(chain.folder);
  });
  afterAll(() => chain.close());

  const claim = (source: Parameters<typeof claimObjects>[1]['source'] = { kind: 'feed' }) =>
    claimObjects(chain.deps, { pipeline: 'totesys', feed: 'design', source }, quietScope);
  const loads = () =>
    chain.warehouse.query<{ load_id: number; object_key: string; state: string }>(
      'select load_id, object_key, state from gear.loads order by load_id',
    );
  const names = () => chain.warehouse.query('select design_id, design_name from bulk.design order by design_id');
  const key = (run: number, part: number) =>
    `design/2026/03/01/run=${String(run).padStart(10, '0')}/design-${String(part).padStart(5, '0')}.csv.gz`;

  it('are claimed in their order, each with the objects that its manifest names and no others', async () => {
    lake.write({ design: [[design('1', 'a')], [design('2', 'b')]] }, { manifest: false });
    expect(await claim()).toMatchObject({ found: 0, claimed: 0, waiting: 0 });
    lake.write({ design: [[design('1', 'a')]] });
    lake.write({});
    lake.write({ design: [[design('1', 'b')], [design('2', 'c')]] });
    expect(await claim()).toMatchObject({ found: 3, claimed: 3, waiting: 0 });
    expect((await loads()).map(({ object_key }) => object_key)).toEqual([key(1, 0), key(3, 0), key(3, 1)]);
    expect(await claim()).toMatchObject({ found: 0, claimed: 0, waiting: 0 });
    expect(await chain.warehouse.query('select feed, run from gear.lake_feeds')).toEqual([{ feed: 'design', run: 3 }]);
  });

  it('are claimed once when two pickups come at the same time', async () => {
    for (const id of ['1', '2', '3']) lake.write({ design: [[design(id, 'a')]] });
    const results = await Promise.all([claim(), claim(), claim()]);
    expect(results.reduce((sum, { claimed }) => sum + claimed, 0)).toBe(3);
    expect((await loads()).map(({ object_key }) => object_key)).toEqual([1, 2, 3].map((run) => key(run, 0)));
  });

  it('wait for a run before them that is not there yet', async () => {
    lake.write({ design: [[design('1', 'a')]] });
    lake.write({ design: [[design('2', 'b')]] });
    lake.write({ design: [[design('3', 'c')]] });
    rmSync(join(chain.folder, '_runs/0000000002.json'));
    expect(await claim()).toMatchObject({ claimed: 1, waiting: 0 });
    expect((await loads()).map(({ object_key }) => object_key)).toEqual([key(1, 0)]);
  });

  it('wait for an object that is missing, and the pickup says which', async () => {
    lake.write({ design: [[design('1', 'a')]] });
    lake.write({ design: [[design('2', 'b')], [design('3', 'c')]] });
    rmSync(join(chain.folder, key(2, 1)));
    const claimed = await claim();
    expect(claimed.claimed).toBe(1);
    expect(claimed.faults).toEqual([
      `run 2, ${key(2, 1)}: a manifest names it, but it is not there. Restore it, for the runs behind it wait for it`,
    ]);
    expect((await loads()).map(({ object_key }) => object_key)).toEqual([key(1, 0)]);
  });

  it('are processed in their order: a load waits for one before it that is still to be landed', async () => {
    lake.write({ design: [[design('1', 'a')]] });
    lake.write({ design: [[design('1', 'b')]] });
    await claim();
    const [first, second] = await loads();
    await chain.land(second!.load_id);
    expect(await chain.process('design')).toMatchObject({ batch: null, more: false });
    await chain.land(first!.load_id);
    expect(await chain.process('design')).toMatchObject({ batch: 1, loads: 2 });
    expect(await names()).toEqual([{ design_id: 1, design_name: 'b' }]);
  });

  it('are claimed for several feeds by one look at each manifest, and land together', async () => {
    const currency = { currency_id: '1', currency_code: 'GBP', created_at: null, last_updated: null };
    lake.write({ design: [[design('1', 'a')], [design('2', 'b')]], currency: [[currency]] });
    lake.write({ design: [[design('1', 'c')]] });
    const opened: string[] = [];
    let broken: readonly string[] = [];
    const store = chain.stores.sourceOf('totesys');
    const watched = Object.create(store, {
      open: { value: (...args: Parameters<ObjectStore['open']>) => (opened.push(args[0]), store.open(...args)) },
      read: {
        value: (...args: Parameters<ObjectStore['read']>) => {
          if (broken.some((table) => args[0].key.startsWith(table))) throw new StoreError('unavailable', 'no answer');
          return store.read(...args);
        },
      },
    }) as ObjectStore;
    const deps = { ...chain.deps, stores: { ...chain.stores, sourceOf: () => watched, open: () => watched } };
    const feeds = ['design', 'currency', 'staff'];
    const claims = await claimLake(deps, { pipeline: 'totesys', feeds }, quietScope);
    expect([...claims].map(([feed, { found, claimed, waiting }]) => [feed, found, claimed, waiting])).toEqual([
      ['design', 3, 3, 0],
      ['currency', 1, 1, 0],
      ['staff', 0, 0, 0],
    ]);
    expect(opened.filter((name) => name.startsWith('_runs/'))).toEqual(
      [1, 2, 3].map((run) => `_runs/${String(run).padStart(10, '0')}.json`),
    );
    expect(await chain.warehouse.query('select run from gear.lake_feeds order by feed')).toEqual([{ run: 2 }, { run: 2 }, { run: 2 }]);

    const idsOf = async (feed: string) =>
      (await chain.warehouse.query<{ load_id: number }>('select load_id from gear.loads where feed = ? order by load_id', [feed])).map(
        (row) => row.load_id,
      );
    const bundles = [
      { feed: 'design', loadIds: await idsOf('design') },
      { feed: 'currency', loadIds: await idsOf('currency') },
    ];
    broken = ['design', 'currency'];
    await expect(landBundles(deps, { pipeline: 'totesys', bundles }, quietScope)).rejects.toMatchObject({ message: 'no answer' });
    broken = ['currency'];
    expect(await landBundles(deps, { pipeline: 'totesys', bundles }, quietScope)).toMatchObject({
      design: { staged: 3, rowsStaged: 3, failed: [], left: [] },
      currency: { staged: 0, failed: [{ loadId: bundles[1]!.loadIds[0], type: 'unavailable' }], left: [] },
    });
    const stopped = new AbortController();
    stopped.abort(new Error('cancelled'));
    await expect(landBundles(deps, { pipeline: 'totesys', bundles }, { ...quietScope, signal: stopped.signal })).rejects.toThrow(
      'cancelled',
    );
    broken = [];
    expect((await landBundles(deps, { pipeline: 'totesys', bundles }, quietScope))['currency']).toMatchObject({ staged: 1 });
    await chain.process('design');
    expect(await names()).toEqual([
      { design_id: 1, design_name: 'c' },
      { design_id: 2, design_name: 'b' },
    ]);
  });

  it('are read by no backfill, which would take what dead runs left', async () => {
    lake.write({ design: [[design('1', 'a')]] });
    await expect(claim({ kind: 'backfill', url: `file://${chain.folder}` })).rejects.toThrow(/nothing is loaded by a backfill/);
  });
});
