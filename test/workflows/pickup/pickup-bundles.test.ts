import { describe, expect, it } from '@jest/globals';
import { Context } from '@temporalio/activity';
import type { LandResult } from '../../../src/contracts/activities/landing.js';
import { workflowIds, workflowTypes } from '../../../src/contracts/names.js';
import { scheduledPickup, type PickupCounts, type PickupInput } from '../../../src/contracts/workflows.js';
import { StrataError } from '../../../src/engine/strata-error.js';
import { until } from '../../support/until.js';
import { Loads, staged } from '../loads.js';
import { hostWorkflows } from '../workflow-host.js';

/** Events after which this suite's server suggests to continue as new. */
const continueAfter = 60;
const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);
const ascending = (loadIds: readonly number[]) => [...loadIds].sort((a, b) => a - b);

/** The starter that waits for every landing; nobody hears of its progress. */
const ofRun = { kind: 'run', progress: { workflowId: 'nobody' } } as const;

describe('a pickup of small files', () => {
  const host = hostWorkflows({ continueAfter });
  const start = (feed: string, input: Partial<PickupInput> = {}) =>
    host.client.workflow.start(workflowTypes.pickup, {
      workflowId: workflowIds.pickup(host.pipeline, feed),
      taskQueue: host.taskQueue,
      args: [{ ...scheduledPickup({ pipeline: host.pipeline, feed }), ...input }],
    });
  const run = async (feed: string, input: Partial<PickupInput> = {}) => (await (await start(feed, input)).result()) as PickupCounts;
  const landings = async (feed: string) => {
    const found: number[] = [];
    for await (const { workflowId } of host.client.workflow.list({ query: `WorkflowType = 'landObject' and StrataFeed = '${feed}'` }))
      found.push(Number(workflowId.split('/').at(-1)));
    return ascending(found);
  };

  it('lands them in bundles, once each, and a large one by a workflow of its own', async () => {
    const loads = new Loads(120, 300, (loadId) => loadId !== 7);
    const own: object[] = [];
    const activities = loads.activities(async () => staged);
    const { planLanding } = activities;
    activities.planLanding = (input) => {
      own.push(input);
      return planLanding!(input);
    };
    await host.withWorker(activities, async () => {
      expect(await run('many')).toMatchObject({
        found: 120,
        claimed: 120,
        staged: 120,
        failed: 0,
        pending: 0,
        rows: 1_200,
        quarantined: 120,
        bytes: 12_000,
      });
    });
    // What a bundle landed and did not count, a landing counts: it knows since when nobody has.
    expect(own).toEqual([
      { loadId: 7, since: '2026-01-01 00:00:00.000000', progress: { workflowId: expect.stringMatching(/\/many\/land\/7$/) } },
    ]);
    expect(ascending(loads.landed)).toEqual(upTo(120));
    expect(loads.bundles.map(({ length }) => length).sort()).toEqual([19, 50, 50]);
  });

  it('is found by the outcome of its files, and names those that were refused', async () => {
    const loads = new Loads(60, 300, () => true);
    const refusals = [7, 8, 9].map((loadId) => ({ loadId, object: `users_${loadId}.csv`, problem: 'the header lacks Country' }));
    const bundle = async (loadIds: readonly number[]) => (loadIds.includes(7) ? { staged: loadIds.length - 6, refused: 6, refusals } : {});
    await host.withWorker(loads.activities(undefined, bundle), async () => {
      const handle = await start('refused');
      expect(await handle.result()).toMatchObject({ staged: 54, refused: 6, refusals });
      const { typedSearchAttributes } = await handle.describe();
      expect(typedSearchAttributes.getAll().find(({ key }) => key.name === 'StrataOutcome')?.value).toBe('refused');
    });
    await host.withWorker(new Loads(60, 300, () => true).activities(), async () => {
      const handle = await start('not-refused');
      expect(await handle.result()).toMatchObject({ staged: 60 });
      const { typedSearchAttributes } = await handle.describe();
      expect(typedSearchAttributes.getAll().map(({ key }) => key.name)).not.toContain('StrataOutcome');
    });
  });

  it('lands a few of them by workflows of their own, in which more can be seen', async () => {
    const loads = new Loads(4, 300, () => true);
    await host.withWorker(loads.activities(), async () => {
      expect(await run('few')).toMatchObject({ staged: 4 });
    });
    expect(loads.bundles).toEqual([]);
  });

  it('gives a file that failed in a bundle a landing of its own, which holds up no other one', async () => {
    const loads = new Loads(60, 300, () => true);
    let attempts = 0;
    const landing = async (loadId: number): Promise<LandResult> => {
      if (loadId === 3 && (attempts += 1) < 3) throw new StrataError('unavailable', 'the store does not answer');
      if (loadId === 4) throw new StrataError('denied', 'the object may not be read');
      return staged;
    };
    const bundle = async (loadIds: readonly number[]) => ({
      failed: loadIds.filter((loadId) => loadId === 3 || loadId === 4).map((loadId) => ({ loadId, type: 'unavailable' as const })),
    });
    await host.withWorker(loads.activities(landing, bundle), async () => {
      const counts = await run('one-bad', { starter: ofRun });
      expect(counts).toMatchObject({ staged: 59, failed: 1, pending: 0, failures: ['load 4: the object may not be read'] });
      expect(attempts).toBe(3);
      await until(async () => (await landings('one-bad')).length >= 2);
      expect(await landings('one-bad')).toEqual([3, 4]);
    });
  });

  it('gives every file a landing of its own when the bundle itself fails for good', async () => {
    const loads = new Loads(8, 300, () => true);
    const bundle = async () => Promise.reject(new StrataError('misconfigured', 'no such bucket'));
    await host.withWorker(loads.activities(undefined, bundle), async () => {
      expect(await run('broken')).toMatchObject({ staged: 8, failed: 0 });
      await until(async () => (await landings('broken')).length >= 8);
      expect(await landings('broken')).toEqual(upTo(8));
    });
  });

  it('lands what one bundle had no time for with the next one', async () => {
    const loads = new Loads(30, 300, () => true);
    await host.withWorker(
      loads.activities(undefined, async (loadIds) => ({ left: loadIds.slice(10) })),
      async () => expect(await run('slow')).toMatchObject({ staged: 30, failed: 0 }),
    );
    expect(loads.bundles.map(({ length }) => length)).toEqual([30, 20, 10]);
    expect(ascending(loads.landed)).toEqual(upTo(30));
  });

  it('continues as new only when its bundles have ended, with small histories', async () => {
    const loads = new Loads(1_600, 500, () => true);
    await host.withWorker(loads.activities(), async () => {
      const handle = await start('continued');
      expect(await handle.result()).toMatchObject({ found: 1_600, claimed: 1_600, staged: 1_600, failed: 0, pending: 0 });
      const { events } = await host.client.workflow.getHandle(handle.workflowId, handle.firstExecutionRunId).fetchHistory();
      expect(events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes).toBeTruthy();
      expect(events!.length).toBeLessThan(continueAfter + 80);
    });
    expect(ascending(loads.landed)).toEqual(upTo(1_600));
  });

  it('stops its bundles when it is cancelled', async () => {
    const loads = new Loads(10, 300, () => true);
    let began = () => {};
    const beginning = new Promise<void>((resolve) => (began = resolve));
    let stopped = false;
    const bundle = async () => {
      began();
      await Context.current().cancelled.finally(() => (stopped = true));
      return {};
    };
    await host.withWorker(loads.activities(undefined, bundle), async () => {
      const handle = await start('cancelled');
      await beginning;
      await handle.cancel();
      await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
      while (!stopped) await new Promise((resolve) => setTimeout(resolve, 100));
    });
    expect(loads.landed).toEqual([]);
  });
});
