import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { tryFile } from '../../../src/activities/trial/try-file.js';
import { foundFiles, type LeftAlone } from '../../../src/cli/commands/run/found-files.js';
import type { Project } from '../../../src/config/load-project.js';
import type { RunInput } from '../../../src/contracts/workflows.js';
import { readMigrations } from '../../../src/config/read-migrations.js';
import { FileStore } from '../../../src/connectors/file/file-store.js';
import { createStores } from '../../../src/engine/stores.js';
import { warehouseSchema } from '../../../src/engine/schema/warehouse-schema.js';
import type { ObjectVersion } from '../../../src/engine/object-store.js';
import { insertLoads } from '../../../src/gear/loads/claims.js';
import { runOrder } from '../../../src/gear/loads/object-identity.js';
import { LakeFolder, type Row } from '../../pipelines/totesys/lake.js';
import { FolderChain } from '../../support/folder-chain.js';
import { compileFile } from '../../support/mart-warehouse.js';
import { warehouses } from '../../support/servers/servers.js';
import { tripsHeader } from '../../support/trips/file-trips.js';
import { quietScope } from '../../support/warehouse-chain.js';

let tried: string;
beforeAll(async () => {
  tried = await mkdtemp(join(tmpdir(), 'strata-tried-'));
});
afterAll(() => rm(tried, { recursive: true }));

/** The file of that name in the folder of files to be tried, as one of the feed. */
async function tryNamed(chain: FolderChain, feed: string, name: string, folder = tried) {
  const store = new FileStore(folder, 0);
  const object = await objectNamed(store, name);
  const pipeline = chain.definition.name;
  const schema = warehouseSchema([...chain.pipelines.values()], await readMigrations());
  const deps = { ...chain.deps, stores: createStores(new Map(), () => store) };
  return tryFile(deps, schema, { pipeline, feed, storeUrl: store.url, object, date: undefined }, quietScope);
}

async function objectNamed(store: FileStore, name: string): Promise<ObjectVersion> {
  for await (const page of store.list({ recursive: true }))
    for (const object of page) if (store.relativeKey(object.key) === name) return object;
  throw new Error(`there is no file ${name}`);
}

const noCounts = { updated: 0, unchanged: 0, superseded: 0, outdated: 0, leftOut: 0, deleted: 0 };

describe.each(warehouses)('a file of an append entity that is tried on $name', ({ url }) => {
  let chain: FolderChain;
  beforeAll(async () => {
    chain = await FolderChain.open(url, { pipeline: await compileFile('trips'), runBytes: 400 });
  });
  beforeEach(() => chain.reset());
  afterAll(() => chain.close());

  const row = (day: number) => `Turin,POINT (14 50),POINT (1 2),2018-05-${10 + day} 09:03:10,new source ${day}\n`;
  const tables = ['loads', 'quarantine', 'refusals', 'append_loads', 'append_runs', 'batches'].map((table) => `gear.${table}`);
  const counts = async () => {
    const names = [...tables, 'bulk.trips', 'bulk.trips_region', 'bulk.trips_datasource'];
    return chain.warehouse.query(names.map((table) => `select '${table}' as name, count(*) as n from ${table}`).join(' union all '));
  };

  it('is told its rows, in any number of runs, and leaves nothing', async () => {
    await writeFile(join(tried, 'trips.csv'), tripsHeader + [1, 2, 3, 4, 5, 6, 7, 8, 9].map(row).join('') + row(90));
    const before = await counts();
    expect(await tryNamed(chain, 'trips', 'trips.csv')).toEqual({
      rowsStaged: 9,
      rowsQuarantined: 1,
      problem: null,
      reasons: [{ reason: 'bad_date', rows: 1 }],
      entities: [{ entity: 'trips', inserted: 9, ...noCounts }],
    });
    expect(await counts()).toEqual(before);
  });

  it('is told that its bytes were loaded before, without a load that is not there', async () => {
    const file = tripsHeader + row(1);
    await writeFile(join(chain.folder, 'trips-old.csv'), file);
    await chain.pickup('trips');
    await writeFile(join(tried, 'trips.csv'), file);
    const before = await counts();
    expect(await tryNamed(chain, 'trips', 'trips.csv')).toEqual({
      rowsStaged: 0,
      rowsQuarantined: 0,
      problem: 'the same bytes were loaded before, as load 1 (trips-old.csv)',
      reasons: [],
      entities: [],
    });
    expect(await counts()).toEqual(before);
  });
});

describe.each(warehouses)('a file of a lake that is tried on $name', ({ url }) => {
  let chain: FolderChain;
  beforeAll(async () => {
    chain = await FolderChain.open(url, { pipeline: await compileFile('totesys') });
  });
  beforeEach(async () => {
    for (const name of ['_runs', 'design']) await rm(join(chain.folder, name), { recursive: true, force: true });
    await chain.reset();
  });
  afterAll(() => chain.close());

  const design = (id: string, name: string): Row => ({
    design_id: id,
    design_name: name,
    file_location: '/a',
    file_name: 'a.json',
    created_at: '2026-03-01 09:00:00',
    last_updated: '2026-03-01 09:00:00',
  });

  it('is none that a run would load where a run of the extract that died left it', async () => {
    const lake = new LakeFolder(chain.folder);
    lake.write({ design: [[design('1', 'a')]] });
    await chain.pickup('design', false);
    const left = 'design/2026/03/01/run=0000000001/design-00001.csv.gz';
    await cp(join(chain.folder, 'design/2026/03/01/run=0000000001/design-00000.csv.gz'), join(chain.folder, left));
    lake.write({ design: [[design('2', 'b')]] });
    const project = {
      pipelines: chain.pipelines,
      settings: {
        environment: { [chain.definition.sourceSetting]: `file://${chain.folder}` },
        folderTimes: { quietSeconds: 0, unfinishedSeconds: 0 },
      },
    } as unknown as Project;
    const leftAlone: LeftAlone[] = [];
    const compiled = chain.pipelines.get('totesys')!;
    const found = await foundFiles({
      project,
      warehouse: chain.warehouse,
      compiled,
      input: { pipeline: 'totesys' } as RunInput,
      leftAlone,
    });
    expect(found.filter(({ feed }) => feed === 'design')).toMatchObject([{ files: 2, newFiles: 1 }]);
    const reason = expect.stringContaining('no manifest names it') as unknown;
    expect(leftAlone).toEqual([{ key: left, reason, feeds: ['design'], dates: [] }]);
  });

  it('counts as of a run behind all others, and waits for those that are not landed yet', async () => {
    new LakeFolder(chain.folder).write({ design: [[design('1', 'a'), design('2', 'b')]] });
    await chain.pickup('design', false);
    await chain.process('design');
    new LakeFolder(tried).write({ design: [[design('1', 'a'), design('2', 'c'), design('3', 'd')]] });
    const key = 'design/2026/03/01/run=0000000001/design-00000.csv.gz';
    const entities = [{ entity: 'design', ...noCounts, inserted: 1, updated: 1, unchanged: 1 }];
    expect(await tryNamed(chain, 'design', key)).toMatchObject({ rowsStaged: 3, problem: null, entities });
    expect(await chain.warehouse.query('select count(*) as n from gear.loads')).toEqual([{ n: 1 }]);

    const object = await objectNamed(new FileStore(chain.folder, 0), key);
    const claim = {
      object,
      identity: Buffer.alloc(32),
      generation: 0,
      order: runOrder(2, object),
      partitionDate: undefined,
      firstLoadId: undefined,
    };
    const of = { pipeline: 'totesys', feed: 'design', kind: 'pickup', storeUrl: 'file:///nowhere/' } as const;
    await chain.warehouse.transaction((transaction) => insertLoads(transaction, of, [claim]));
    await expect(tryNamed(chain, 'design', key)).rejects.toMatchObject({
      type: 'contention',
      message: expect.stringContaining('files of design from earlier runs of the lake, which are still being loaded') as unknown,
    });
    expect(await chain.warehouse.query('select count(*) as n from gear.loads')).toEqual([{ n: 2 }]);
  });
});
