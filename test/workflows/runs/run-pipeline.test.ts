import { describe, expect, it } from '@jest/globals';
import type { WorkflowFailedError } from '@temporalio/client';
import type { ApplicationFailure } from '@temporalio/common';
import { WorkflowStreamClient } from '@temporalio/workflow-streams/client';
import { runActivity } from '../../../src/activities/run-activity.js';
import type { LandResult } from '../../../src/contracts/activities/landing.js';
import type { Activities } from '../../../src/contracts/activities/activities.js';
import { workflowIds, workflowTypes } from '../../../src/contracts/names.js';
import { progressTopic, type ProgressEvent } from '../../../src/contracts/progress.js';
import type { RunReport } from '../../../src/contracts/workflows.js';
import { StrataError } from '../../../src/engine/strata-error.js';
import { until } from '../../support/until.js';
import { landingActivities } from '../landing-activities.js';
import { processingActivities } from '../processing-activities.js';
import { planned } from '../planned.js';
import { hostWorkflows } from '../workflow-host.js';

/** Loads of former tests: one that was landed does not land again. */
let loads = -2;

const martsToRefresh = [
  { mart: 'gear.players', after: [] },
  { mart: 'bus.daily', after: [] },
  { mart: 'bus.total', after: ['gear.players', 'bus.daily'] },
];

const vaultTables = ['vault.few', 'vault.hub_user', 'vault.sat_user'];

const landedOf = (loadId: number): LandResult => ({
  outcome: 'staged',
  rowsStaged: 5,
  rowsQuarantined: 0,
  bytes: 50,
  object: `${loadId}.csv`,
  source: 'deleted',
});

/** A pipeline of two feeds, two vault tables and three marts, one of which reads the others, one load a feed. */
function pipeline(overrides: Partial<Activities> = {}) {
  const calls: string[] = [];
  const landed = new Set<string>();
  loads += 2;
  const loadIds: Record<string, number> = { users: loads + 1, games: loads + 2 };
  const activities: Activities = {
    planPipeline: async () =>
      planned(
        ['users', 'games'],
        { extract: ['shop'], marts: ['bus.few', ...martsToRefresh.map(({ mart }) => mart)], vault: vaultTables },
        { marts: martsToRefresh },
      ),
    watchPipeline: async () => Promise.reject(new Error('nothing is to be watched here')),
    sendAlert: async () => Promise.reject(new Error('nobody is to be notified here')),
    extractSource: async () => Promise.reject(new Error('nothing is to be extracted here')),
    claimObjects: async () => ({ found: 1, before: 0, claimed: 1, waiting: 0, began: '2026-01-01 00:00:00.000000' }),
    writeProcessed: async () => Promise.reject(new Error('there is no processed bucket')),
    findStaleExports: async () => [],
    writeExport: async ({ export: name }) => Promise.reject(new Error(`there is no export ${name}`)),
    planOutputs: async () => ({ outputs: [], dates: [], current: 0, next: null }),
    writeOutput: async ({ output }) => Promise.reject(new Error(`there is no output ${output}`)),
    findStaged: async () => ({ staged: ['users', 'games'], unpruned: [] }),
    listOpenLoads: async ({ feed, after }) => ({
      loadIds: landed.has(feed) || after > 0 ? [] : [loadIds[feed] ?? 0],
      small: [],
      objects: [],
    }),
    reportDates: async () => Promise.reject(new Error('no run by date is made here')),
    awaitLanding: async () => null,
    signalStagedLoads: async () => undefined,
    ...landingActivities(async (loadId) => {
      calls.push(`land ${loadId}`);
      return landedOf(loadId);
    }),
    landBundle: async () => Promise.reject(new Error('no bundle is to be landed here')),
    landBundles: async () => Promise.reject(new Error('no bundle is to be landed here')),
    claimLake: async () => Promise.reject(new Error('there is no lake')),
    ...processingActivities(calls),
    loadVaultTable: async ({ table }) => {
      calls.push(table);
      return { rowsInserted: 2 };
    },
    refreshStaleMarts: async () => ({ marts: { 'bus.few': { mode: 'incremental', keys: 1, rows: 1 } }, left: martsToRefresh }),
    loadStaleVault: async () => ({ rows: { 'vault.few': 1 }, left: ['vault.hub_user', 'vault.sat_user'] }),
    refreshMart: async ({ mart, rebuild }) => {
      calls.push(mart);
      return { mode: rebuild ? 'rebuilt' : 'incremental', keys: 1, rows: 3 };
    },
    pruneChanges: async () => {
      calls.push('prune changes');
      return { rows: 0 };
    },
    ...overrides,
  };
  return { activities, calls, loadIds };
}

describe('a run', () => {
  const host = hostWorkflows();
  const start = () =>
    host.client.workflow.start(workflowTypes.run, {
      workflowId: workflowIds.run(host.pipeline),
      taskQueue: host.taskQueue,
      args: [{ pipeline: host.pipeline }],
    });
  const failureOf = async (result: Promise<unknown>) => {
    const error = await result.then(() => undefined).catch((thrown: unknown) => thrown);
    const cause = (error as WorkflowFailedError).cause as ApplicationFailure;
    return { cause, report: cause.details?.[0] as RunReport };
  };

  it('passes through all layers in order, marts after those that they read, and publishes its progress', async () => {
    const events: ProgressEvent[] = [];
    const { activities, calls } = pipeline({
      // What is published is read off a workflow that runs, ten times a second.
      pruneChanges: async () => {
        calls.push('prune changes');
        await until(() => events.some(({ phase }) => phase === 'vault'));
        return { rows: 0 };
      },
    });
    await host.withWorker(activities, async () => {
      const handle = await start();
      const watching = (async () => {
        const topic = WorkflowStreamClient.create(host.client, handle.workflowId).topic<ProgressEvent>(progressTopic);
        for await (const { data } of topic.subscribe(0)) events.push(data);
      })();
      const report = (await handle.result()) as RunReport;
      await watching;
      expect(report).toMatchObject({
        pickups: { users: { staged: 1, rows: 5 }, games: { staged: 1 } },
        feeds: { users: { inserted: 5 }, games: { batches: 1 } },
        vault: { 'vault.few': 1, 'vault.hub_user': 2, 'vault.sat_user': 2 },
        marts: { 'bus.few': { rows: 1 }, 'bus.total': { mode: 'incremental', rows: 3 } },
        failures: [],
      });
      expect(Object.keys(report.pickups)).toEqual(['users', 'games']);
      const at = (call: string) => calls.indexOf(call);
      expect(at('process users')).toBeGreaterThan(Math.max(at('land 1'), at('land 2')));
      expect(at('bus.total')).toBeGreaterThan(Math.max(at('gear.players'), at('bus.daily')));
      expect(Math.min(at('vault.hub_user'), at('vault.sat_user'))).toBeGreaterThan(at('bus.total'));
      expect(at('prune changes')).toBeGreaterThan(Math.max(at('vault.hub_user'), at('vault.sat_user')));
      expect(events.map(({ phase }) => phase)).toEqual(expect.arrayContaining(['pickup', 'landing', 'processing', 'vault', 'marts']));
    });
  });

  it('begins with an extract where that is asked for; a table that was left out stops no other, and fails the run at its end', async () => {
    const asked: unknown[] = [];
    const { activities, calls } = pipeline({
      extractSource: async (input) => {
        asked.push(input);
        calls.push('extract');
        return {
          ...{ run: 7, kind: 'incremental', snapshotAt: '2026-03-01T09:00:00.000001Z', takenOver: [] },
          tables: [
            { name: 'item', way: 'changed', rows: 3, objects: 1, bytes: 90 },
            { name: 'gone', way: null, rows: 0, objects: 0, bytes: 0, leftOut: 'there is no table gone in the source' },
          ],
        };
      },
    });
    await host.withWorker(activities, async () => {
      const workflowId = workflowIds.extract(host.pipeline, 'shop');
      const input = { pipeline: host.pipeline, extract: 'shop', tables: ['item', 'gone'] };
      const handle = await host.client.workflow.start(workflowTypes.extract, { workflowId, taskQueue: host.taskQueue, args: [input] });
      const { report } = await failureOf(handle.result());
      expect(asked).toEqual([{ ...input, progress: { workflowId } }]);
      expect(report.failures).toEqual(['gone was left out: there is no table gone in the source']);
      expect(report).toMatchObject({ extract: { run: 7 }, feeds: { users: { inserted: 5 } }, marts: { 'bus.total': { rows: 3 } } });
      expect(calls[0]).toBe('extract');
      expect(calls).toContain('bus.total');
    });
  });

  it('loads what the lake has where the source can not be read', async () => {
    const { activities } = pipeline({
      extractSource: () =>
        runActivity({}, async () => Promise.reject(new StrataError('denied', 'the password is wrong. Correct SHOP_DATABASE_URL'))),
    });
    await host.withWorker(activities, async () => {
      const handle = await host.client.workflow.start(workflowTypes.extract, {
        workflowId: workflowIds.extract(host.pipeline, 'shop'),
        taskQueue: host.taskQueue,
        args: [{ pipeline: host.pipeline, extract: 'shop' }],
      });
      const { report } = await failureOf(handle.result());
      expect(report.failures).toEqual(['extracting shop: the password is wrong. Correct SHOP_DATABASE_URL']);
      expect(report).toMatchObject({ feeds: { users: { inserted: 5 } }, marts: { 'bus.total': { rows: 3 } } });
    });
  });

  it('is not complete where a backfill leaves files that are being written; a run of everything leaves them to the next pickup', async () => {
    const first = [{ object: 'users_2.csv', reason: 'it is empty: it is loaded once it has not changed for 60 s' }];
    const asked: unknown[] = [];
    const { activities } = pipeline({
      claimObjects: async ({ source, patient, progress }) => {
        asked.push([source.kind, patient, progress?.workflowId]);
        const leftAlone = { files: 2, waiting: 1, first };
        return { found: 1, before: 0, claimed: 1, waiting: 0, began: '2026-01-01 00:00:00.000000', leftAlone };
      },
    });
    await host.withWorker(activities, async () => {
      const run = await start();
      expect(await run.result()).toMatchObject({ pickups: { users: { leftAlone: { files: 2, waiting: 1 } } } });
      const backfill = await host.client.workflow.start(workflowTypes.backfill, {
        workflowId: workflowIds.backfill(host.pipeline, 'users', 'folder'),
        taskQueue: host.taskQueue,
        args: [{ pipeline: host.pipeline, feed: 'users', source: { kind: 'backfill', url: 'file:///old/' } }],
      });
      const { report } = await failureOf(backfill.result());
      const why = 'users: 1 file may still be being written, so no row of it is loaded. To load it, give the same command again';
      expect(report).toMatchObject({ failures: [why], pickups: { users: { leftAlone: { files: 2, waiting: 1 } } } });
      expect(new Set(asked.map((each) => JSON.stringify(each)))).toEqual(
        new Set([JSON.stringify(['feed', true, run.workflowId]), JSON.stringify(['backfill', true, backfill.workflowId])]),
      );
    });
  });

  it('goes on when one feed and one mart fail, then fails with a list of what failed', async () => {
    const healthy = pipeline();
    const { activities, calls } = pipeline({
      processBatch: (input) =>
        runActivity({}, async () => {
          if (input.feed === 'users')
            throw new StrataError('statement', 'bulk.users refuses the batch', { cause: new Error('a value of a row') });
          return healthy.activities.processBatch(input);
        }),
      refreshMart: (input) =>
        runActivity({}, async () => {
          if (input.mart === 'gear.players') throw new StrataError('denied', 'no permission to write gear.players');
          calls.push(input.mart);
          return { mode: 'incremental', keys: 1, rows: 3 };
        }),
    });
    await host.withWorker(activities, async () => {
      const { cause, report } = await failureOf((await start()).result());
      expect(cause.type).toBe('incomplete');
      expect(cause.message).toContain('2 failed:');
      expect(report.failures).toEqual([
        'processing users: bulk.users refuses the batch',
        'gear.players: no permission to write gear.players',
      ]);
      expect(report.feeds).toMatchObject({ games: { inserted: 5 } });
      expect(Object.keys(report.marts)).toEqual(['bus.few', 'bus.daily', 'bus.total']);
      expect(calls).toEqual(expect.arrayContaining(['vault.hub_user', 'prune changes']));
      expect(JSON.stringify([cause.message, report])).not.toContain('a value of a row');
    });
  });

  it('retries what may get well by itself, and gives up on what nobody foresaw after five attempts', async () => {
    let unavailable = 0;
    let unexpected = 0;
    const { activities } = pipeline({
      loadVaultTable: ({ table }) =>
        runActivity({}, async () => {
          if (table === 'vault.hub_user' && (unavailable += 1) < 3) throw new StrataError('unavailable', 'the warehouse does not answer');
          if (table === 'vault.sat_user') {
            unexpected += 1;
            throw new TypeError('x is not a function');
          }
          return { rowsInserted: 2 };
        }),
    });
    await host.withWorker(activities, async () => {
      const { report } = await failureOf((await start()).result());
      expect(report.failures).toEqual(['vault.sat_user: TypeError: x is not a function']);
      expect(report.vault).toEqual({ 'vault.few': 1, 'vault.hub_user': 2 });
      expect([unavailable, unexpected]).toEqual([3, 5]);
    });
  });

  it('shows in Temporal Web why an activity is tried again, for as long as it is', async () => {
    let isUp = false;
    const { activities } = pipeline({
      loadVaultTable: () =>
        runActivity({}, async () => {
          if (!isUp) throw new StrataError('unavailable', 'the warehouse does not answer');
          return { rowsInserted: 2 };
        }),
    });
    await host.withWorker(activities, async () => {
      const handle = await start();
      const shown = async () => (await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata')).currentDetails ?? '';
      await until(async () => /`loadVaultTable` since 2\d{3}-[^,]+ UTC, attempt \d+: the warehouse does not answer/.test(await shown()));
      isUp = true;
      await handle.result();
      expect(await shown()).not.toContain('the warehouse does not answer');
    });
  });

  it('ends when it is cancelled, and leaves a file that is being landed alone', async () => {
    let go = () => {};
    const gate = new Promise<void>((resolve) => (go = resolve));
    let began = () => {};
    const landing = new Promise<void>((resolve) => (began = resolve));
    const { activities, calls, loadIds } = pipeline({
      ...landingActivities((loadId) =>
        runActivity({}, async () => {
          began();
          await gate;
          return landedOf(loadId);
        }),
      ),
    });
    await host.withWorker(activities, async () => {
      const handle = await start();
      await landing;
      await handle.cancel();
      await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
      go();
      const landed = host.client.workflow.getHandle(workflowIds.land(host.pipeline, 'users', loadIds.users ?? 0));
      expect(await landed.result()).toMatchObject({ outcome: 'staged', source: 'deleted' });
      expect(calls).not.toContain('process users');
    });
  });

  it('rebuilds the marts that are asked for, and refuses one that there is not', async () => {
    const { activities, calls } = pipeline();
    const rebuild = (marts: string[]) =>
      host.client.workflow.start(workflowTypes.rebuild, {
        workflowId: workflowIds.rebuild(host.pipeline),
        taskQueue: host.taskQueue,
        args: [{ pipeline: host.pipeline, marts }],
      });
    await host.withWorker(activities, async () => {
      expect(await (await rebuild(['bus.total'])).result()).toEqual({
        marts: { 'bus.total': { mode: 'rebuilt', keys: 1, rows: 3 } },
        failures: [],
      });
      expect(calls).toEqual(['bus.total']);
      const { cause } = await failureOf((await rebuild(['bus.nothing'])).result());
      expect(cause).toMatchObject({
        type: 'definition',
        message: expect.stringContaining('Its marts are: gear.players, bus.daily, bus.total'),
      });
    });
  });
});
