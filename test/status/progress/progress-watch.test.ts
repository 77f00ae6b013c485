import type { Client } from '@temporalio/client';
import { afterEach, describe, expect, it } from '@jest/globals';
import { endedWorkflows, firstRunOf } from '../../../src/connectors/temporal/running.js';
import { signalArrivals } from '../../../src/connectors/temporal/signal-arrivals.js';
import type { Activities } from '../../../src/contracts/activities/activities.js';
import type { StaleMarts } from '../../../src/contracts/activities/marts.js';
import type { BundleResult } from '../../../src/contracts/activities/landing.js';
import { arrivalSignals, workflowIds, workflowTypes } from '../../../src/contracts/names.js';
import { attributesOf } from '../../../src/contracts/search-attributes.js';
import { scheduledPickup } from '../../../src/contracts/workflows.js';
import { ProgressWatch } from '../../../src/status/progress/progress-watch.js';
import type { WorkProgress } from '../../../src/status/progress/work-progress.js';
import { until } from '../../support/until.js';
import { planned } from '../../workflows/planned.js';
import { landingActivities } from '../../workflows/landing-activities.js';
import { hostWorkflows } from '../../workflows/workflow-host.js';

const feed = 'users';
const none = { inserted: 0, updated: 0, unchanged: 0, superseded: 0, outdated: 0, leftOut: 0 };

/** Activities of a source with so many small files of 5 rows, which one bundle lands. */
function activities(files: number, overrides: Partial<Activities> = {}): Partial<Activities> {
  const ids = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
  let [left, staged, stale] = [files, 0, false];
  return {
    planPipeline: async () => planned([feed], { marts: ['bus.users'], vault: ['vault.hub_user'] }),
    claimObjects: async () => {
      const loadIds = ids(left);
      left = 0;
      const open = { loadIds, small: loadIds, objects: loadIds.map((id) => `users_${id}.csv`) };
      return { found: files, before: 0, claimed: loadIds.length, waiting: 0, began: '2026-01-01 00:00:00.000000', open };
    },
    listOpenLoads: async () => ({ loadIds: [], small: [], objects: [] }),
    landBundle: async ({ loadIds }) => {
      staged += loadIds.length;
      const counts = { staged: loadIds.length, refused: 0, replaced: 0, gone: 0 };
      const result = { ...counts, rowsStaged: 5 * loadIds.length, rowsQuarantined: 0, bytes: 50 * loadIds.length };
      return { ...result, released: [], failed: [], left: [] } satisfies BundleResult;
    },
    findStaged: async () => ({ staged: staged > 0 ? [feed] : [], unpruned: [] }),
    processBatch: async () => {
      const loads = staged;
      staged = 0;
      stale ||= loads > 0;
      return { ...none, batch: loads > 0 ? 1 : null, loads, inserted: 5 * loads, more: false };
    },
    refreshStaleMarts: async () => {
      const marts: StaleMarts['marts'] = stale ? { 'bus.daily': { mode: 'incremental', keys: 1, rows: 2 } } : {};
      stale = false;
      return { marts, left: [] };
    },
    loadStaleVault: async () => ({ rows: {}, left: [] }),
    signalStagedLoads: async () => undefined,
    pruneStaging: async () => ({ rows: 0 }),
    pruneChanges: async () => ({ rows: 0 }),
    ...overrides,
  };
}

/** Of one who begins to watch while the worker is away: nobody hears what work says. */
function deaf(client: Client): Client {
  const handle = (workflowId: string, runId?: string) =>
    Object.assign(client.workflow.getHandle(workflowId, runId), { startUpdate: () => Promise.reject(new Error('nobody answers')) });
  const workflow = Object.create(client.workflow, { getHandle: { value: handle } }) as Client['workflow'];
  return Object.create(client, { workflow: { value: workflow } }) as Client;
}

describe('what is watched', () => {
  const host = hostWorkflows({ continueAfter: 300 });
  let pipelines = 0;
  let stop = () => {};
  afterEach(() => stop());

  /** Watches a pipeline of its own; what was told is in `told`. */
  async function watch(client: Client = host.client) {
    const pipeline = `${host.pipeline}w${(pipelines += 1)}`;
    const told: WorkProgress[] = [];
    let looks = 0;
    const watched = new ProgressWatch(
      client,
      [pipeline],
      () => undefined,
      () => (looks += 1),
    );
    stop = watched.listen((work) => told.push(work));
    await until(() => looks > 0);
    const ends = (workflowId: string) => told.filter((work) => work.workflowId === workflowId && work.state !== 'running');
    /** Until it has looked twice more: at what has ended by now, and after that. */
    const looked = async () => {
      const before = looks;
      await until(() => looks > before + 2);
    };
    const schedule = (type: string, workflowId: string, input: object) =>
      host.client.workflow.start(type, {
        ...{ workflowId, taskQueue: host.taskQueue, args: [input], typedSearchAttributes: attributesOf({ pipeline }) },
      });
    return { pipeline, watched, told, ends, looked, schedule };
  }

  it('is also what small files that arrive bring, however short that takes', async () => {
    const { pipeline, watched, told, ends } = await watch();
    await host.withWorker(activities(6), async () => {
      await signalArrivals(host.client, host.taskQueue, pipeline, arrivalSignals.arrived, [feed]);
      const id = workflowIds.arrivals(pipeline);
      await until(() => ends(id).length > 0);
      expect(ends(id)).toMatchObject([{ state: 'finished', rows: 30, bytes: 300, files: 6, totalFiles: 6 }]);
      expect(watched.current.map(({ workflowId }) => workflowId)).toContain(id);
      expect(told.filter(({ workflowId }) => workflowId === id).every(({ percent = 0 }) => percent <= 100)).toBe(true);
    });
  });

  it('is what schedules do, and nothing of a time at which they find nothing to do', async () => {
    const { pipeline, watched, told, ends, looked, schedule } = await watch();
    const tick = async (name: string) => {
      const ids = [`${workflowIds.pickup(pipeline, feed)}-${name}`, `${workflowIds.process(pipeline)}-${name}`];
      ids.push(`${workflowIds.aggregate(pipeline)}-${name}`);
      const [pickup, process, aggregate] = ids as [string, string, string];
      await (await schedule(workflowTypes.pickup, pickup, scheduledPickup({ pipeline, feed }))).result();
      await (await schedule(workflowTypes.process, process, { pipeline })).result();
      await (await schedule(workflowTypes.aggregate, aggregate, { pipeline })).result();
      return ids;
    };
    const idle = await host.withWorker(activities(0), () => tick('idle'));
    const busy = await host.withWorker(activities(6), () => tick('busy'));
    await until(() => busy.every((id) => ends(id).length > 0));
    await looked();
    expect(ends(busy[0]!)).toMatchObject([{ state: 'finished', rows: 30, files: 6 }]);
    expect(told.filter(({ workflowId }) => idle.includes(workflowId))).toEqual([]);
    expect(watched.current.filter(({ workflowId }) => idle.includes(workflowId))).toEqual([]);
    for (const id of busy) expect(ends(id)).toHaveLength(1);
  });

  it('shows a pickup of many small files while it lands them, and trouble of what has nothing else to say', async () => {
    const { pipeline, told, schedule } = await watch();
    let open = () => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    const failing = { findStaged: () => gate.then(() => Promise.reject(new Error('the warehouse is away'))) };
    const { landBundle } = activities(0);
    const slow = { landBundle: (input: never) => gate.then(() => landBundle!(input)), ...failing } as Partial<Activities>;
    await host.withWorker(activities(6, slow), async () => {
      const pickup = await schedule(workflowTypes.pickup, `${workflowIds.pickup(pipeline, feed)}-1`, scheduledPickup({ pipeline, feed }));
      const running = ({ workflowId, message }: WorkProgress) => workflowId === pickup.workflowId && message.startsWith('0 of 6 files');
      await until(() => told.some(running));
      const process = await schedule(workflowTypes.process, `${workflowIds.process(pipeline)}-1`, { pipeline });
      open();
      await pickup.result();
      await until(() => told.some(({ workflowId, problem }) => workflowId === process.workflowId && problem !== undefined));
      await host.terminate(process);
      await until(() => told.some(({ workflowId, state }) => workflowId === process.workflowId && state === 'failed'));
    });
  });

  it('tells each run of one id, and those that one continues as are one', async () => {
    const { pipeline, ends, looked, schedule } = await watch();
    const id = workflowIds.run(pipeline);
    await host.withWorker(activities(6), async () => {
      for (let run = 1; run <= 3; run++) await (await schedule(workflowTypes.run, id, { pipeline })).result();
      await until(() => ends(id).length === 3);
    });
    let batches = 0;
    const many = async () => ({ ...none, batch: (batches += 1), loads: 1, more: batches < 120 });
    const process = `${workflowIds.process(pipeline)}-1`;
    await host.withWorker(activities(6, { findStaged: async () => ({ staged: [feed], unpruned: [] }), processBatch: many }), async () => {
      const handle = await schedule(workflowTypes.process, process, { pipeline });
      await handle.result();
      const [last] = await endedWorkflows(host.client, pipeline, { types: [workflowTypes.process], within: 60_000 });
      expect(last!.runId).not.toBe(handle.firstExecutionRunId);
      expect(await firstRunOf(host.client, last!)).toBe(handle.firstExecutionRunId);
      await until(() => ends(process).length > 0);
      await looked();
      expect(ends(process)).toMatchObject([{ state: 'finished' }]);
    });
  });

  it('never says that nothing was read when it has not heard how much, and knows that by the end', async () => {
    const { pipeline, told, ends, schedule } = await watch(deaf(host.client));
    const landing = `${pipeline}/${feed}/land/7`;
    const run = workflowIds.run(pipeline);
    let open = () => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    const counts = { rowsStaged: 5, rowsQuarantined: 0, bytes: 50 };
    const landings = landingActivities(() => gate.then(() => ({ outcome: 'staged', object: 'users.csv', source: 'deleted', ...counts })));
    await host.withWorker(activities(6, landings), async () => {
      await schedule(workflowTypes.land, landing, { pipeline, feed, loadId: 7 });
      await until(() => told.some(({ workflowId }) => workflowId === landing));
      const numbered = told.filter((work) => 'rows' in work || 'bytes' in work);
      open();
      expect(numbered).toEqual([]);
      await until(() => ends(landing).length > 0);
      expect(ends(landing)).toMatchObject([{ state: 'finished', rows: 5, bytes: 50 }]);
      await schedule(workflowTypes.run, run, { pipeline });
      await until(() => ends(run).length > 0);
      expect(ends(run)).toMatchObject([{ state: 'finished', rows: 30, bytes: 300, files: 6 }]);
    });
  });
});
