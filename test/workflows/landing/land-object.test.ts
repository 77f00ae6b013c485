import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { LandResult } from '../../../src/contracts/activities/landing.js';
import { workflowIds, workflowTypes } from '../../../src/contracts/names.js';
import { until } from '../../support/until.js';
import { countsOf, landingActivities } from '../landing-activities.js';
import { hostWorkflows } from '../workflow-host.js';

describe('the landing of a large object', () => {
  const host = hostWorkflows();

  it('runs a bounded number of ranges side by side, again for what a new plan names, then settles', async () => {
    const ranges = [0, 1, 2, 3, 4, 5, 6, 7, 8];
    const calls: string[] = [];
    let running = 0;
    let most = 0;
    let plans = 0;
    const landed = { outcome: 'staged', rowsStaged: 90, rowsQuarantined: 2, bytes: 900, object: 'games.csv', source: 'deleted' } as const;
    const report = await host.withWorker(
      {
        planLanding: async () => {
          plans += 1;
          return { ranges: plans === 1 ? ranges : [7], atOnce: 3, object: 'games.csv', outcome: null, landed: countsOf() };
        },
        landRange: async ({ range }) => {
          running += 1;
          most = Math.max(most, running);
          // Three run at once, however busy the machine is, and a fourth would have the time to begin.
          await until(() => most >= 3);
          await sleep(range === 0 ? 300 : 30);
          running -= 1;
          calls.push(`range ${range}`);
          return { outcome: plans === 2 ? 'staged' : null, landed: countsOf(landed) };
        },
        settleLanding: async () => {
          calls.push('settle');
          return landed;
        },
      },
      () =>
        host.client.workflow.execute(workflowTypes.land, {
          workflowId: workflowIds.land(host.pipeline, 'games', 1),
          taskQueue: host.taskQueue,
          args: [{ pipeline: host.pipeline, feed: 'games', loadId: 1 }],
        }) as Promise<LandResult>,
    );
    expect(report).toEqual(landed);
    expect([...calls.slice(0, 9)].sort()).toEqual(ranges.map((range) => `range ${range}`));
    expect(calls.slice(9)).toEqual(['range 7', 'settle']);
    expect(most).toBe(3);
  });

  it('shows what is staged while its source is still being released', async () => {
    let release = () => undefined as void;
    const held = new Promise<void>((resolve) => (release = resolve));
    const landed = {
      outcome: 'staged',
      rowsStaged: 1200,
      rowsQuarantined: 3,
      bytes: 9_000,
      object: 'users.csv',
      source: 'deleted',
    } as const;
    await host.withWorker(
      landingActivities(
        async () => landed,
        async () => held,
      ),
      async () => {
        const handle = await host.client.workflow.start(workflowTypes.land, {
          workflowId: workflowIds.land(host.pipeline, 'users', 3),
          taskQueue: host.taskQueue,
          args: [{ pipeline: host.pipeline, feed: 'users', loadId: 3 }],
        });
        const details = async () => (await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata')).currentDetails ?? '';
        await until(async () => (await details()).includes('being released'));
        expect(await details()).toContain('1,200 rows staged, 3 in quarantine');
        expect(await details()).toContain('strata quarantine list --load 3');
        release();
        await handle.result();
        expect(await details()).toContain('source: **deleted**');
      },
    );
  });

  it('says in its details why it failed and where its file is named', async () => {
    const metadata = await host.withWorker(
      {
        planLanding: async () =>
          Promise.reject(ApplicationFailure.create({ type: 'denied', nonRetryable: true, message: 'the bucket refuses the key' })),
      },
      async () => {
        const handle = await host.client.workflow.start(workflowTypes.land, {
          workflowId: workflowIds.land(host.pipeline, 'users', 2),
          taskQueue: host.taskQueue,
          args: [{ pipeline: host.pipeline, feed: 'users', loadId: 2 }],
        });
        await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
        return handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
      },
    );
    expect(metadata.currentDetails).toMatch(/^load 2 \*\*failed\*\*: the bucket refuses the key/);
    expect(metadata.currentDetails).toContain('strata loads --feed users');
  });

  it('signals its load where it took long and nobody waits for its pickup, which may have ended before', async () => {
    const told: string[] = [];
    const outcome = (loadId: number) => (loadId === 13 ? 'refused' : 'staged');
    await host.withWorker(
      {
        ...landingActivities(
          async (loadId) => {
            if (loadId !== 10) await sleep(11_000);
            return { outcome: outcome(loadId), rowsStaged: 1, rowsQuarantined: 0, bytes: 9, object: `${loadId}.csv`, source: 'deleted' };
          },
          async (loadId) => {
            if (loadId === 14)
              throw ApplicationFailure.create({ type: 'denied', nonRetryable: true, message: 'the bucket refuses the key' });
          },
        ),
        signalStagedLoads: async ({ feed }) => void told.push(feed),
      },
      async () => {
        const land = (input: { readonly loadId: number; readonly feed: string; readonly signalsWhenLate: boolean }) =>
          host.client.workflow.execute(workflowTypes.land, {
            workflowId: workflowIds.land(host.pipeline, input.feed, input.loadId),
            taskQueue: host.taskQueue,
            args: [{ pipeline: host.pipeline, ...input }],
          });
        await land({ loadId: 10, feed: 'quick', signalsWhenLate: true });
        await Promise.allSettled(
          [
            { loadId: 11, feed: 'slow', signalsWhenLate: true },
            { loadId: 12, feed: 'waited-for', signalsWhenLate: false },
            { loadId: 13, feed: 'refused', signalsWhenLate: true },
            { loadId: 14, feed: 'not-released', signalsWhenLate: true },
          ].map(land),
        );
      },
    );
    expect(told.sort()).toEqual(['not-released', 'slow']);
  });
});
