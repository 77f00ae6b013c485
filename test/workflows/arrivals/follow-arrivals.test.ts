import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { WorkflowFailedError } from '@temporalio/client';
import type { ApplicationFailure } from '@temporalio/common';
import { signalStagedLoads } from '../../../src/activities/pickup/signal-staged-loads.js';
import { runActivity } from '../../../src/activities/run-activity.js';
import { signalArrivals } from '../../../src/connectors/temporal/signal-arrivals.js';
import type { LandResult } from '../../../src/contracts/activities/landing.js';
import type { StaleMarts } from '../../../src/contracts/activities/marts.js';
import type { Activities } from '../../../src/contracts/activities/activities.js';
import { arrivalSignals, workflowIds, workflowTypes, type ArrivalSignal } from '../../../src/contracts/names.js';
import { scheduledPickup, type PickupStarter, type RunReport } from '../../../src/contracts/workflows.js';
import { StrataError } from '../../../src/engine/strata-error.js';
import { until } from '../../support/until.js';
import { landingActivities } from '../landing-activities.js';
import { hostWorkflows } from '../workflow-host.js';

const staged: LandResult = { outcome: 'staged', rowsStaged: 10, rowsQuarantined: 0, bytes: 100, object: 'a.csv', source: 'deleted' };
/** Ids of loads, over all tests: one that was landed does not land again. */
let loads = 0;

interface FakeLoad {
  readonly loadId: number;
  readonly feed: string;
  state: 'present' | 'claimed' | 'staged' | 'processed';
  released: boolean;
}

/** A pipeline in memory with the contract of the activities; a file is present, claimed, staged, processed. */
class World {
  readonly calls: string[] = [];
  readonly files: FakeLoad[] = [];

  put(feed: string): FakeLoad {
    const load: FakeLoad = { loadId: (loads += 1), feed, state: 'present', released: false };
    this.files.push(load);
    return load;
  }

  get processed(): number {
    return this.files.filter(({ state }) => state === 'processed').length;
  }

  times(call: string): number {
    return this.calls.filter((each) => each === call).length;
  }

  activities(overrides: Partial<Activities> = {}): Partial<Activities> {
    const of = (feed: string, state: FakeLoad['state']) => this.files.filter((load) => load.feed === feed && load.state === state);
    const load = (loadId: number) => this.files.find((each) => each.loadId === loadId)!;
    return {
      claimObjects: async ({ feed }) => {
        this.calls.push(`pickup ${feed}`);
        const present = of(feed, 'present');
        for (const each of present) each.state = 'claimed';
        return { found: present.length, before: 0, claimed: present.length, waiting: 0, began: '2026-01-01 00:00:00.000000' };
      },
      listOpenLoads: async ({ feed, after, limit }) => ({
        loadIds: this.files
          .filter((each) => each.feed === feed && each.state !== 'present' && !each.released && each.loadId > after)
          .map(({ loadId }) => loadId)
          .slice(0, limit),
        small: [],
        objects: [],
      }),
      signalStagedLoads: (input) => runActivity({}, () => signalStagedLoads(input)),
      ...landingActivities(
        async (loadId) => {
          load(loadId).state = 'staged';
          return staged;
        },
        async (loadId) => void (load(loadId).released = true),
      ),
      processBatch: async ({ feed }) => {
        this.calls.push(`process ${feed}`);
        const taken = of(feed, 'staged');
        for (const each of taken) each.state = 'processed';
        const none = { inserted: 0, updated: 0, unchanged: 0, superseded: 0, outdated: 0, leftOut: 0 };
        return { ...none, batch: taken.length > 0 ? 1 : null, loads: taken.length, inserted: 10 * taken.length, more: false };
      },
      refreshStaleMarts: async () => {
        this.calls.push('marts');
        return { marts: { 'bus.daily': { mode: 'incremental', keys: 1, rows: 2 } }, left: [] };
      },
      refreshMart: async ({ mart }) => {
        this.calls.push(mart);
        return { mode: 'rebuilt', keys: 0, rows: 3 };
      },
      loadStaleVault: async () => {
        this.calls.push('vault');
        return { rows: { 'vault.hub_user': 1 }, left: [] };
      },
      loadVaultTable: async ({ table }) => {
        this.calls.push(table);
        return { rowsInserted: 4 };
      },
      pruneStaging: async ({ feed }) => {
        this.calls.push(`prune ${feed}`);
        return { rows: 1 };
      },
      pruneChanges: async () => ({ rows: 0 }),
      ...overrides,
    };
  }
}

function gated(): [gate: Promise<void>, open: () => void] {
  let open = () => {};
  return [new Promise<void>((resolve) => (open = resolve)), () => open()];
}

describe('arrivals', () => {
  const host = hostWorkflows({ continueAfter: 300 });
  let pipelines = 0;
  const newPipeline = () => `${host.pipeline}x${(pipelines += 1)}`;
  const tell = (pipeline: string, feeds: string[], signal: ArrivalSignal = arrivalSignals.arrived) =>
    signalArrivals(host.client, host.taskQueue, pipeline, signal, feeds);
  const following = (pipeline: string) => host.client.workflow.getHandle(workflowIds.arrivals(pipeline));

  it('reach bus at once, and the vault after it; nothing else is touched, and the workflow ends', async () => {
    const [world, pipeline] = [new World(), newPipeline()];
    await host.withWorker(world.activities(), async () => {
      world.put('users');
      await tell(pipeline, ['users']);
      expect(await following(pipeline).result()).toMatchObject({
        pickups: { users: { staged: 1, rows: 10 } },
        feeds: { users: { loads: 1, inserted: 10 } },
        marts: { 'bus.daily': { keys: 1 } },
        vault: { 'vault.hub_user': 1 },
        failures: [],
      });
      expect(world.calls).toEqual(['pickup users', 'process users', 'marts', 'vault', 'prune users']);
      const { type, typedSearchAttributes } = await following(pipeline).describe();
      expect(type).toBe(workflowTypes.arrivals);
      expect(JSON.stringify(typedSearchAttributes)).toContain(pipeline);
    });
  });

  it('are written to the processed bucket once no mart is at work, and what comes meanwhile is written after it', async () => {
    const [world, pipeline] = [new World(), newPipeline()];
    const [gate, release] = gated();
    const { refreshStaleMarts } = world.activities();
    const activities = world.activities({
      refreshStaleMarts: async (input) => ({ ...(await refreshStaleMarts!(input)), hasProcessed: true }),
      writeProcessed: async () => {
        world.calls.push('bucket');
        const run = world.times('bucket');
        if (run === 1) await gate;
        return { run, tables: [{ name: 'daily', rows: 2, bytes: 100 }] };
      },
    });
    await host.withWorker(activities, async () => {
      world.put('users');
      await tell(pipeline, ['users']);
      await until(() => world.times('bucket') === 1);
      expect(world.calls.slice(0, 3)).toEqual(['pickup users', 'process users', 'marts']);
      world.put('users');
      await tell(pipeline, ['users']);
      await until(() => world.times('marts') === 2);
      expect(world.times('bucket')).toBe(1);
      release();
      const { processed, failures } = await following(pipeline).result();
      expect([processed, failures]).toEqual([{ run: 2, tables: [{ name: 'daily', rows: 4, bytes: 200 }] }, []]);
      expect(world.times('bucket')).toBe(2);
    });
  });

  it('are taken together when the one before is busy, and are counted together', async () => {
    const [world, pipeline] = [new World(), newPipeline()];
    const [gate, release] = gated();
    const { refreshStaleMarts } = world.activities();
    const activities = world.activities({
      refreshStaleMarts: async (input) => {
        const result = await refreshStaleMarts!(input);
        await gate;
        return result;
      },
    });
    await host.withWorker(activities, async () => {
      world.put('users');
      await tell(pipeline, ['users']);
      await until(() => world.times('marts') === 1);
      for (const feed of ['games', 'users', 'games', 'payments']) {
        world.put(feed);
        await tell(pipeline, [feed]);
      }
      await until(() => world.processed === 5);
      // The workflow has heard of it, and waits for the look alone.
      await until(async () => {
        const { raw } = await following(pipeline).describe();
        return raw.pendingActivities?.length === 1 && !raw.pendingWorkflowTask;
      });
      release();
      expect(await following(pipeline).result()).toMatchObject({
        feeds: { users: { loads: 2 }, games: { loads: 2 }, payments: { loads: 1 } },
      });
      expect(world.times('marts')).toBe(2);
    });
  });

  it('are not lost when they come just as the workflow ends, or continues as new', async () => {
    const [world, pipeline] = [new World(), newPipeline()];
    await host.withWorker(world.activities(), async () => {
      const runs = async () => {
        const names = new Set<string>();
        for await (const { status } of host.client.workflow.list({ query: `WorkflowId = '${workflowIds.arrivals(pipeline)}'` }))
          names.add(status.name);
        return names;
      };
      const arrive = async (longestPause: number) => {
        const feed = world.files.length % 3 === 0 ? 'games' : 'users';
        world.put(feed);
        await tell(pipeline, [feed]);
        await sleep(Math.random() * longestPause);
      };
      for (let count = 0; count < 20; count += 1) await arrive(1_500);
      for (let count = 1; count <= 800; count += 1) {
        await arrive(50);
        if (count % 20 === 0 && (await runs()).has('CONTINUED_AS_NEW')) break;
      }
      await until(() => world.processed === world.files.length);
      await following(pipeline).result();
      await until(async () => !(await runs()).has('RUNNING'));
      expect([...(await runs())].sort()).toEqual(['COMPLETED', 'CONTINUED_AS_NEW']);
    });
  });

  it('of other feeds go on when one feed fails; what failed is told and not tried for ever', async () => {
    const [world, pipeline] = [new World(), newPipeline()];
    const { processBatch } = world.activities();
    let tries = 0;
    const large = [
      { mart: 'bus.broken', after: [] },
      { mart: 'bus.large', after: [] },
      { mart: 'bus.total', after: ['bus.large'] },
    ];
    const broken = world.activities({
      processBatch: (input) =>
        runActivity({}, async () => {
          if (input.feed !== 'users') return processBatch!(input);
          tries += 1;
          throw new StrataError('statement', 'bulk.users refuses the batch');
        }),
      refreshStaleMarts: async () => ({ marts: {}, left: large }),
      refreshMart: ({ mart }) =>
        runActivity({}, async () => {
          if (mart === 'bus.broken') throw new StrataError('definition', 'its SQL can not be run');
          return { mode: 'rebuilt', keys: 0, rows: 3 };
        }),
      loadStaleVault: async () => ({ rows: {}, left: ['vault.hub_user'] }),
    });
    await host.withWorker(broken, async () => {
      world.put('users');
      world.put('games');
      await tell(pipeline, ['users', 'games']);
      const error = (await following(pipeline)
        .result()
        .catch((thrown: unknown) => thrown)) as WorkflowFailedError;
      const cause = error.cause as ApplicationFailure;
      expect(cause.type).toBe('incomplete');
      const report = cause.details?.[0] as RunReport;
      expect([...report.failures].sort()).toEqual(['bus.broken: its SQL can not be run', 'processing users: bulk.users refuses the batch']);
      expect(report).toMatchObject({
        feeds: { games: { loads: 1 } },
        marts: { 'bus.large': { rows: 3 }, 'bus.total': { rows: 3 } },
        vault: { 'vault.hub_user': 4 },
      });
      expect(tries).toBe(1);
    });
  });

  it('that are small do not wait for all marts of a large one; what a look left out is looked at again', async () => {
    const [world, pipeline] = [new World(), newPipeline()];
    const looks: (readonly string[])[] = [];
    const [gate, open] = gated();
    const activities = world.activities({
      refreshStaleMarts: async ({ except = [] }): Promise<StaleMarts> => {
        looks.push(except);
        const left = [
          { mart: 'bus.large', after: [] },
          { mart: 'bus.total', after: ['bus.large'] },
        ];
        if (looks.length === 1) return { marts: {}, left };
        return { marts: { 'bus.daily': { mode: 'incremental', keys: 1, rows: 2 } }, left: [] };
      },
      refreshMart: async ({ mart }) => {
        world.calls.push(mart);
        if (mart === 'bus.large') await gate;
        return { mode: 'incremental', keys: 5, rows: 5 };
      },
    });
    await host.withWorker(activities, async () => {
      world.put('users');
      await tell(pipeline, ['users']);
      await until(() => world.times('bus.large') === 1);
      world.put('games');
      await tell(pipeline, ['games']);
      await until(() => looks.length >= 2);
      expect(world.times('bus.total')).toBe(0);
      open();
      expect(await following(pipeline).result()).toMatchObject({
        marts: { 'bus.large': { rows: 5 }, 'bus.total': { rows: 5 }, 'bus.daily': {} },
      });
      expect(looks.slice(0, 2)).toEqual([[], ['bus.large', 'bus.total']]);
      // Looks rest, so that one may follow both marts or each of them.
      expect(looks.length).toBeGreaterThan(2);
      expect(looks.at(-1)).toEqual([]);
      expect([world.times('bus.large'), world.times('bus.total')]).toEqual([1, 1]);
    });
  });

  it('do not wait for a stuck file, neither those that came with it nor those that come later', async () => {
    const [world, pipeline] = [new World(), newPipeline()];
    const stuck = world.put('users');
    const known = world.activities();
    const activities: Partial<Activities> = {
      ...known,
      landRange: (input) =>
        runActivity({}, async () => {
          if (input.loadId === stuck.loadId) throw new StrataError('unavailable', 'the store does not answer');
          return known.landRange!(input);
        }),
    };
    await host.withWorker(activities, async () => {
      const beside = world.put('users');
      await tell(pipeline, ['users']);
      await until(() => beside.state === 'processed');
      const later = world.put('users');
      await tell(pipeline, ['users']);
      await until(() => later.state === 'processed');
      expect(stuck.state).toBe('claimed');
      await host.terminate(following(pipeline));
      await host.terminate(workflowIds.land(pipeline, 'users', stuck.loadId));
    });
  });

  it('that a schedule picked up are followed at once too; a run that does it itself is left alone', async () => {
    const [world, pipeline] = [new World(), newPipeline()];
    const pickUp = (starter: PickupStarter, id: string) =>
      host.client.workflow.execute(workflowTypes.pickup, {
        workflowId: id,
        taskQueue: host.taskQueue,
        args: [{ ...scheduledPickup({ pipeline, feed: 'users' }), starter }],
      });
    await host.withWorker(world.activities(), async () => {
      world.put('users');
      await pickUp({ kind: 'run', progress: { workflowId: 'nobody' } }, `${pipeline}/of-a-run`);
      await expect(following(pipeline).describe()).rejects.toMatchObject({ name: 'WorkflowNotFoundError' });
      world.put('users');
      await pickUp({ kind: 'schedule' }, `${pipeline}/of-a-schedule`);
      expect(await following(pipeline).result()).toMatchObject({ feeds: { users: { loads: 2 } } });
      expect(world.times('pickup users')).toBe(2);
    });
  });
});
