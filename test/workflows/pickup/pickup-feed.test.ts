import { describe, expect, it } from '@jest/globals';
import { workflowIds, workflowTypes } from '../../../src/contracts/names.js';
import type { Activities } from '../../../src/contracts/activities/activities.js';
import { scheduledPickup, type PickupCounts, type PickupInput } from '../../../src/contracts/workflows.js';
import { StrataError } from '../../../src/engine/strata-error.js';
import { until } from '../../support/until.js';
import { Loads, staged } from '../loads.js';
import { hostWorkflows } from '../workflow-host.js';

/** Events after which this suite's server suggests to continue as new; a server does so after 4,096. */
const continueAfter = 200;

/** The starter that waits for every landing; nobody hears of its progress. */
const ofRun = { kind: 'run', progress: { workflowId: 'nobody' } } as const;

describe('a pickup', () => {
  const host = hostWorkflows({ continueAfter });
  const start = (feed: string, input: Partial<PickupInput> = {}, id = workflowIds.pickup(host.pipeline, feed)) =>
    host.client.workflow.start(workflowTypes.pickup, {
      workflowId: id,
      taskQueue: host.taskQueue,
      args: [{ ...scheduledPickup({ pipeline: host.pipeline, feed }), ...input }],
    });
  const eventsOf = async (workflowId: string, runId?: string) =>
    (await host.client.workflow.getHandle(workflowId, runId).fetchHistory()).events ?? [];

  it('lands 120 open loads in pages, once each, continuing as new with small histories', async () => {
    const loads = new Loads(120, 50);
    await host.withWorker(loads.activities(), async () => {
      const handle = await start('many');
      expect(await handle.result()).toMatchObject({
        found: 120,
        claimed: 120,
        staged: 120,
        failed: 0,
        pending: 0,
        rows: 1_200,
        bytes: 12_000,
      });
      expect([...loads.landed].sort((a, b) => a - b)).toEqual(Array.from({ length: 120 }, (_, index) => index + 1));
      expect(loads.claims).toEqual([50, 50, 20]);

      const first = await eventsOf(handle.workflowId, handle.firstExecutionRunId);
      expect(first.at(-1)?.workflowExecutionContinuedAsNewEventAttributes).toBeTruthy();
      // Events of a run: those of the page that was begun when the server suggested to continue.
      expect(first.length).toBeLessThan(continueAfter + 50 * 9);
      expect(JSON.stringify(first).length).toBeLessThan(1_000_000);
    });
  });

  it('is not held up by a stuck file, and a second pickup does not start it twice', async () => {
    const loads = new Loads(30);
    let attempts = 0;
    const activities = loads.activities(async (loadId) => {
      if (loadId !== 3) return staged;
      attempts += 1;
      throw new StrataError('unavailable', 'the store does not answer');
    });
    const stuck = workflowIds.land(host.pipeline, 'stuck', 3);
    await host.withWorker(activities, async () => {
      const first = await start('stuck');
      const second = await start('stuck', {}, workflowIds.pickup(host.pipeline, 'stuck-second'));
      const counts = (await Promise.all([first.result(), second.result()])) as PickupCounts[];
      expect(new Set(loads.landed).size).toBe(29);
      expect(counts.map(({ pending }) => pending).sort()).toEqual([0, 1]);
      expect(counts.reduce((sum, { staged: files }) => sum + files, 0)).toBe(29);
      expect(attempts).toBeGreaterThan(1);
      const { status } = await host.client.workflow.getHandle(stuck).describe();
      expect(status.name).toBe('RUNNING');
      await host.terminate(stuck);
    });
  }, 200_000);

  it('does not count what another pickup landed after the open loads were listed', async () => {
    const loads = new Loads(3);
    const listedBefore = {
      ...loads.activities(),
      listOpenLoads: async ({ after }: { after: number }) => ({
        loadIds: [1, 2, 3].filter((loadId) => loadId > after),
        small: [],
        objects: [],
      }),
    };
    await host.withWorker(listedBefore, async () => {
      expect(await (await start('overtaken')).result()).toMatchObject({ staged: 3, rows: 30 });
      const late = await start('overtaken', {}, workflowIds.pickup(host.pipeline, 'overtaken-late'));
      expect(await late.result()).toMatchObject({ staged: 0, rows: 0, failed: 0, pending: 0 });
      expect(loads.landed.sort()).toEqual([1, 2, 3]);
    });
  });

  it('waits for landings that another pickup started when it is asked to', async () => {
    const loads = new Loads(3);
    let release = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    let begun = 0;
    const activities = loads.activities(async () => {
      begun += 1;
      await gate;
      return staged;
    });
    const awaited = new Set<string>();
    const awaitLanding: Activities['awaitLanding'] = (input) => {
      awaited.add(input.workflowId);
      return activities.awaitLanding!(input);
    };
    await host.withWorker({ ...activities, awaitLanding }, async () => {
      const first = await start('shared');
      await until(() => begun === 3);
      const waiting = await start('shared', { starter: ofRun }, workflowIds.pickup(host.pipeline, 'shared-run'));
      await until(() => awaited.size === 3);
      release();
      expect(await waiting.result()).toMatchObject({ staged: 3, pending: 0, rows: 30 });
      expect(await first.result()).toMatchObject({ staged: 3 });
      expect(new Set(loads.landed)).toEqual(new Set([1, 2, 3]));
    });
  });

  it('counts what failed for good, lands the rest, and tries again the next time', async () => {
    const loads = new Loads(5);
    let broken = true;
    const activities = loads.activities(async (loadId) => {
      if (loadId === 2 && broken) throw new StrataError('denied', 'the bucket refuses to be read');
      return staged;
    });
    await host.withWorker(activities, async () => {
      const counts = (await (await start('denied')).result()) as PickupCounts;
      expect(counts).toMatchObject({ staged: 4, failed: 1, failures: ['load 2: the bucket refuses to be read'] });
      broken = false;
      expect(await (await start('denied')).result()).toMatchObject({ staged: 1, failed: 0 });
    });
  });

  it('lands the loads of a new warehouse although the namespace has seen their numbers before', async () => {
    for (const warehouse of [new Loads(3), new Loads(3)]) {
      await host.withWorker(warehouse.activities(), async () => {
        expect(await (await start('renewed', { starter: ofRun })).result()).toMatchObject({ staged: 3, failed: 0, pending: 0 });
      });
      expect(warehouse.landed.sort()).toEqual([1, 2, 3]);
    }
  });
});
