import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createConnection } from 'mysql2/promise';
import { createStores } from '../../../../src/engine/stores.js';
import type { Project } from '../../../../src/config/load-project.js';
import { readSettings } from '../../../../src/config/settings.js';
import { checkDurability, requireServer } from '../../../../src/connectors/mysql/checks/check-server.js';
import { watchDurability } from '../../../../src/connectors/mysql/checks/durability.js';
import { FileStore } from '../../../../src/connectors/file/file-store.js';
import type { Activities } from '../../../../src/contracts/activities/activities.js';
import { compileEastrock } from '../../../support/mart-warehouse.js';
import { ownWarehouse } from '../../../support/servers/own-warehouse.js';
import { WarehouseChain } from '../../../support/warehouse-chain.js';
import { createActivities } from '../../../../src/worker.js';

let server: Awaited<ReturnType<typeof ownWarehouse>>;
let folder: string;
let chain: WarehouseChain;
beforeAll(async () => {
  server = await ownWarehouse(['--innodb-flush-log-at-trx-commit=2']);
  folder = await mkdtemp(join(tmpdir(), 'strata-undurable-'));
  chain = new WarehouseChain({
    url: server.url,
    prefix: 'u_',
    pipeline: await compileEastrock(),
    sourceUrl: pathToFileURL(folder).href,
    openStore: () => new FileStore(folder, 0),
  });
  await chain.migrate();
});
afterAll(async () => {
  await chain?.close();
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

const files = async () => (await readdir(folder)).filter((name) => name.endsWith('.csv'));

/** As a worker with these settings has them. */
const worker = (environment: Record<string, string> = {}): Activities => {
  const project: Project = {
    settings: readSettings(environment, {}),
    pipelines: chain.pipelines,
    sqlFolders: new Map(),
    schema: { migrations: [], tables: [], texts: [], seeds: [], fingerprints: [] },
  };
  return createActivities(
    project,
    chain.warehouse,
    createStores(new Map([['eastrock', () => pathToFileURL(folder).href]]), () => new FileStore(folder, 0)),
  );
};
const release = (activities: Activities, loadId: number) => new MockActivityEnvironment().run(() => activities.settleLanding({ loadId }));

it('leaves files of loads for an hour on a server that can lose commits, and says so', async () => {
  const notes: string[] = [];
  await requireServer(chain.warehouse, (note) => notes.push(note));
  expect(notes.join()).toContain(
    'innodb_flush_log_at_trx_commit is 2: the last rows that were committed before a crash or a power cut can be lost, so a file stays in its source for an hour',
  );
  await writeFile(join(folder, 'users.csv'), 'UserID,UserName,SignUpDate,Country\n1,Ann,1/2/2024,Denmark\n');
  expect(await chain.pickup('users', false)).toMatchObject([{ outcome: 'staged' }]);
  const activities = worker();
  expect(await release(activities, 1)).toMatchObject({ source: 'present' });
  const of = { pipeline: 'eastrock', feed: 'users', source: { kind: 'feed' }, after: 0, limit: 10 } as const;
  expect(await new MockActivityEnvironment().run(() => activities.listOpenLoads(of))).toEqual({ loadIds: [], small: [], objects: [] });
  expect(await files()).toEqual(['users.csv']);
  await chain.warehouse.execute('update gear.loads set staged_at = staged_at - interval 61 minute');
  expect(await new MockActivityEnvironment().run(() => activities.listOpenLoads(of))).toMatchObject({ loadIds: [1] });
  expect(await release(activities, 1)).toMatchObject({ source: 'deleted' });
  expect(await files()).toEqual([]);
});

it('lets them go at once where the setting takes the risk', async () => {
  await writeFile(join(folder, 'users.csv'), 'UserID,UserName,SignUpDate,Country\n2,Ann,1/2/2024,Denmark\n');
  await chain.pickup('users', false);
  expect(await release(worker({ STRATA_RELEASE_UNDURABLE: '1' }), 2)).toMatchObject({ source: 'deleted' });
  expect(await files()).toEqual([]);
});

it('asks for nothing where commits are durable', async () => {
  expect(await watchDurability(chain.warehouse)()).toBe(3_600);
  const administrator = await createConnection({ uri: server.url });
  await administrator.query('set global innodb_flush_log_at_trx_commit = 1');
  await administrator.end();
  expect(await checkDurability(chain.warehouse)).toEqual([]);
  expect(await watchDurability(chain.warehouse)()).toBe(0);
});
