import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createActivities } from '../../../src/worker.js';
import { createStores } from '../../../src/engine/stores.js';
import type { Project } from '../../../src/config/load-project.js';
import { readMigrations } from '../../../src/config/read-migrations.js';
import { readSettings } from '../../../src/config/settings.js';
import { checkSchema, migrate } from '../../../src/gear/migrate/migrate.js';
import { openWarehouse } from '../../../src/connectors/mysql/warehouse.js';
import type { Activities } from '../../../src/contracts/activities/activities.js';
import { itemsOf } from '../../../src/contracts/stages.js';
import { compilePipeline, type CompiledPipeline } from '../../../src/engine/compiled-pipeline.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import { warehouseSchema } from '../../../src/engine/schema/warehouse-schema.js';
import { compileEastrock } from '../../support/mart-warehouse.js';
import { freshPrefix, warehouses } from '../../support/servers/servers.js';

describe.each(warehouses)('workers of two releases, on $name', ({ url }) => {
  const prefix = freshPrefix();
  let warehouse: Warehouse;
  let former: CompiledPipeline;
  let current: CompiledPipeline;
  const schemaOf = async (pipeline: CompiledPipeline) => warehouseSchema([pipeline], await readMigrations());
  const worker = (pipeline: CompiledPipeline): Activities => {
    const project: Project = {
      settings: readSettings({}, {}),
      pipelines: new Map([['eastrock', pipeline]]),
      sqlFolders: new Map(),
      schema: { migrations: [], tables: [], texts: [], seeds: [], fingerprints: [] },
    };
    return createActivities(
      project,
      warehouse,
      createStores(new Map(), () => {
        throw new Error('no store is opened');
      }),
    );
  };
  const run = <Result>(work: () => Promise<Result>): Promise<Result> => new MockActivityEnvironment().run(work);

  beforeAll(async () => {
    former = await compileEastrock();
    const { definition } = former;
    const [users, ...others] = definition.feeds;
    current = compilePipeline({ ...definition, feeds: [{ ...users!, match: '^people\\.csv$' }, ...others] }, []);
    warehouse = openWarehouse({ url, prefix, connections: 4 });
    await migrate(warehouse, prefix, await schemaOf(former));
  });
  afterAll(() => warehouse.close());

  it('work with the definitions that were applied', async () => {
    expect(await checkSchema(warehouse, prefix, await schemaOf(former))).toEqual([]);
    expect(itemsOf((await run(() => worker(former).planPipeline({ pipeline: 'eastrock' }))).stages, 'pickup')).toEqual([
      'users',
      'games',
      'payments',
    ]);
  });

  it('do not start where strata migrate has not run, also when no table differs', async () => {
    expect(await checkSchema(warehouse, prefix, await schemaOf(current))).toContainEqual(
      expect.stringMatching(`the definitions of eastrock are ${current.fingerprint}, and strata migrate applied ${former.fingerprint} at `),
    );
  });

  it('leave all work to those that have them, which is tried again, and name both', async () => {
    const { changes } = await migrate(warehouse, prefix, await schemaOf(current));
    expect(changes).toContain(`definitions ${current.fingerprint} of eastrock applied. Restart workers that have other definitions`);
    const of = { pipeline: 'eastrock', feed: 'users' };
    const old = worker(former);
    const activities: Readonly<Record<string, () => Promise<unknown>>> = {
      planPipeline: () => old.planPipeline(of),
      claimObjects: () => old.claimObjects({ ...of, source: { kind: 'feed' } }),
      findStaged: () => old.findStaged(of),
      processBatch: () => old.processBatch(of),
      pruneStaging: () => old.pruneStaging(of),
      loadVaultTable: () => old.loadVaultTable({ ...of, table: 'vault.hub_user' }),
      loadStaleVault: () => old.loadStaleVault(of),
      refreshMart: () => old.refreshMart({ ...of, mart: 'bus.daily_users' }),
      refreshStaleMarts: () => old.refreshStaleMarts(of),
      pruneChanges: () => old.pruneChanges(of),
    };
    for (const [name, activity] of Object.entries(activities)) {
      const failure: unknown = await run(activity).catch((error: unknown) => error);
      expect({ name, failure }).toEqual({
        name,
        failure: expect.objectContaining({
          type: 'contention',
          nonRetryable: false,
          message: expect.stringMatching(
            `has the definitions ${former.fingerprint} of eastrock, but strata migrate applied ${current.fingerprint} at .*Restart this worker`,
          ),
        }) as unknown,
      });
    }
    expect(itemsOf((await run(() => worker(current).planPipeline(of))).stages, 'pickup')).toEqual(['users', 'games', 'payments']);
  });
});
