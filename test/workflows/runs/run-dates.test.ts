import { describe, expect, it } from '@jest/globals';
import type { WorkflowFailedError } from '@temporalio/client';
import type { ApplicationFailure } from '@temporalio/common';
import { WorkflowStreamClient } from '@temporalio/workflow-streams/client';
import type { ClaimResult, FeedSource } from '../../../src/contracts/activities/pickup.js';
import type { LandResult } from '../../../src/contracts/activities/landing.js';
import type { Activities } from '../../../src/contracts/activities/activities.js';
import { runScope } from '../../../src/contracts/dates/dated-runs.js';
import { workflowIds, workflowTypes } from '../../../src/contracts/names.js';
import { progressTopic, type ProgressEvent } from '../../../src/contracts/progress.js';
import type { RunInput, RunReport } from '../../../src/contracts/workflows.js';
import { StrataError } from '../../../src/engine/strata-error.js';
import { runActivity } from '../../../src/activities/run-activity.js';
import { landingActivities } from '../landing-activities.js';
import { processingActivities } from '../processing-activities.js';
import { planned } from '../planned.js';
import { hostWorkflows } from '../workflow-host.js';

const continueAfter = 300;

/** A pipeline of two feeds with dates and one of the beginning; `leads` has a file each date, `companies` on the first of a month. */
function pipeline(overrides: Partial<Activities> = {}) {
  const calls: string[] = [];
  let loads = Math.floor(Math.random() * 1_000_000) * 1_000;
  const open = new Map<string, number[]>();
  const activities: Partial<Activities> = {
    planPipeline: async () =>
      planned(
        ['leads', 'companies', 'first'],
        { marts: ['bus.leads'], outputs: ['bus.by_day'], vault: ['vault.hub_lead'] },
        { dated: ['leads', 'companies'], initial: ['first'] },
      ),
    claimObjects: async ({ feed, source }) => {
      const { partitions } = source as FeedSource;
      calls.push(`claim ${feed} ${JSON.stringify(partitions)}`);
      open.set(feed, feed === 'companies' ? [] : [(loads += 1)]);
      return { found: 1, before: 0, claimed: 1, waiting: 0, began: '2026-01-01 00:00:00.000000' };
    },
    listOpenLoads: async ({ feed, after }) => ({ loadIds: (open.get(feed) ?? []).filter((id) => id > after), small: [], objects: [] }),
    awaitLanding: async () => null,
    ...landingActivities(async (): Promise<LandResult> => {
      calls.push('land');
      return { outcome: 'staged', rowsStaged: 5, rowsQuarantined: 0, bytes: 50, object: 'x.csv', source: 'kept' };
    }),
    ...processingActivities(calls),
    reportDates: async ({ dates }) => {
      calls.push(`report ${dates.from}..${dates.to}`);
      const none = { dates: 0, first: [] };
      return { dates: 30, empty: none, missing: { companies: { dates: 29, first: ['2020-01-02'] } }, incomplete: none };
    },
    pruneStaging: async () => ({ rows: 5 }),
    refreshStaleMarts: async () => {
      calls.push('marts');
      return { marts: {}, left: [] };
    },
    planOutputs: async ({ dates, feeds }) => {
      calls.push(`outputs ${JSON.stringify({ dates, feeds })}`);
      return { outputs: [], dates: [], current: 0, next: null };
    },
    loadStaleVault: async () => ({ rows: {}, left: [] }),
    pruneChanges: async () => ({ rows: 0 }),
    ...overrides,
  };
  return { activities, calls };
}

describe('a run by date', () => {
  const host = hostWorkflows({ continueAfter });
  const start = (input: Omit<RunInput, 'pipeline'>) =>
    host.client.workflow.start(workflowTypes.run, {
      workflowId: workflowIds.run(host.pipeline, runScope(input)),
      taskQueue: host.taskQueue,
      args: [{ pipeline: host.pipeline, ...input } satisfies RunInput],
    });

  it('takes the files of its date, and says what is not there', async () => {
    const { activities, calls } = pipeline();
    await host.withWorker(activities, async () => {
      const handle = await start({ dates: { from: '2020-06-22', to: '2020-06-22' } });
      expect(handle.workflowId).toBe(`${host.pipeline}/run/2020-06-22`);
      const report = (await handle.result()) as RunReport;
      expect(report.pickups.leads).toMatchObject({ staged: 1 });
      expect(report.dates?.missing).toEqual({ companies: { dates: 29, first: ['2020-01-02'] } });
    });
    const day = '{"from":"2020-06-22","to":"2020-06-22"}';
    expect(calls.slice(0, 2).sort()).toEqual([`claim companies ${day}`, `claim leads ${day}`]);
    expect(calls.indexOf('land')).toBeLessThan(calls.indexOf('process leads'));
    expect(calls.slice(-2)).toEqual(['marts', `outputs {"dates":${day}}`]);
    expect(calls).not.toContain('process first');
  });

  it('takes the files of the beginning, or the feeds that are named', async () => {
    const { activities, calls } = pipeline();
    await host.withWorker(activities, async () => {
      const init = await start({ initial: true });
      expect(init.workflowId).toBe(`${host.pipeline}/run/init`);
      await init.result();
      expect(calls.filter((call) => /claim|report|outputs/.test(call))).toEqual(['claim first "initial"', 'outputs {}']);
      const one = await start({ dates: { from: '2020-06-22', to: '2020-06-23' }, feeds: ['companies'] });
      expect(one.workflowId).toBe(`${host.pipeline}/run/2020-06-22..2020-06-23/companies`);
      await one.result();
      expect(calls.at(-1)).toBe('outputs {"dates":{"from":"2020-06-22","to":"2020-06-23"},"feeds":["companies"]}');
      expect(calls.filter((call) => call.includes('claim')).slice(1)).toEqual(['claim companies {"from":"2020-06-22","to":"2020-06-23"}']);
      await expect((await start({ initial: true, feeds: ['leads'] })).result()).rejects.toMatchObject({
        cause: { message: expect.stringContaining('does not have a partition with one date for all files for leads') as unknown },
      });
    });
  });

  it('goes on as a new run with what it has counted, month by month, however many dates there are', async () => {
    const { activities, calls } = pipeline();
    await host.withWorker(activities, async () => {
      const dates = { from: '2011-01-15', to: '2012-12-31' };
      const handle = await start({ dates });
      const events: ProgressEvent[] = [];
      const topic = WorkflowStreamClient.create(host.client, handle.workflowId).topic<ProgressEvent>(progressTopic);
      const watched = (async () => {
        for await (const { data } of topic.subscribe(0)) {
          events.push(data);
          if (data.phase === 'done') return;
        }
      })();
      const report = (await handle.result()) as RunReport;
      await watched;
      expect(report.pickups.leads).toMatchObject({ found: 24, staged: 24, rows: 120 });
      expect(report.feeds.leads).toMatchObject({ loads: 24, inserted: 120 });
      expect(report.dates).toMatchObject({ dates: 24 * 30, missing: { companies: { dates: 24 * 29 } } });
      expect(new Set(events.flatMap(({ part = [] }) => part))).toContain('2012-12-01..2012-12-31');
      const { historyLength } = await handle.describe();
      expect(historyLength).toBeLessThan(2 * continueAfter);
      expect((await handle.fetchHistory()).events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId).toBeTruthy();
    });
    const months = calls.filter((call) => call.startsWith('report'));
    expect(months).toHaveLength(24);
    expect(months[0]).toBe('report 2011-01-15..2011-01-31');
    expect(months.at(-1)).toBe('report 2012-12-01..2012-12-31');
    expect(calls.filter((call) => call === 'marts')).toHaveLength(1);
  });

  it('names a date that fails, and completes the others', async () => {
    const bad = { dates: 1, first: ['2020-06-03'] };
    const { activities, calls } = pipeline({
      ...landingActivities(() => runActivity({}, () => Promise.reject<LandResult>(new StrataError('denied', 'the file may not be read')))),
      reportDates: async () => ({ dates: 30, empty: { dates: 0, first: [] }, missing: {}, incomplete: bad }),
    });
    await host.withWorker(activities, async () => {
      const handle = await start({ dates: { from: '2020-06-01', to: '2020-07-31' } });
      const failure = await handle.result().catch((error: WorkflowFailedError) => error.cause as ApplicationFailure);
      const report = (failure as ApplicationFailure).details?.[0] as RunReport;
      expect(report.failures).toContain('1 date is not complete: 2020-06-03. To go on with it, give the same command again');
      expect(report.failures.join('\n')).toContain('leads (2020-06-01..2020-06-30): 1 landing failed');
      expect(report.dates).toMatchObject({ dates: 60, incomplete: { dates: 2 } });
    });
    expect(calls.filter((call) => call === 'process leads')).toHaveLength(2);
    expect(calls).toContain('marts');
  });

  it('is not complete where a file can not be loaded, or nobody could look for files', async () => {
    const asked: unknown[] = [];
    const { activities, calls } = pipeline({
      claimObjects: ({ feed }) =>
        feed === 'companies'
          ? runActivity({}, () => Promise.reject<ClaimResult>(new StrataError('denied', 'the folder may not be read')))
          : Promise.resolve({
              found: 0,
              before: 0,
              claimed: 0,
              waiting: 0,
              began: '2026-01-01 00:00:00.000000',
              leftAlone: {
                files: 2,
                first: [{ object: 'a.csv', reason: "it can't be read" }],
                blocked: { files: 2, example: "a.csv: it can't be read" },
                dates: ['2020-06-02'],
              },
            }),
      reportDates: async (input) => {
        asked.push(input.unclaimed);
        return { dates: 3, empty: { dates: 0, first: [] }, missing: {}, incomplete: { dates: 1, first: ['2020-06-02'] } };
      },
    });
    await host.withWorker(activities, async () => {
      const handle = await start({ dates: { from: '2020-06-01', to: '2020-06-03' } });
      const failure = await handle.result().catch((error: WorkflowFailedError) => error.cause as ApplicationFailure);
      const report = (failure as ApplicationFailure).details?.[0] as RunReport;
      expect(report.failures).toEqual(
        expect.arrayContaining([
          "leads: 2 files are not loaded, such as a.csv: it can't be read. Then give the same command again",
          expect.stringContaining('the folder may not be read'),
        ]),
      );
    });
    expect(asked).toEqual([{ leads: ['2020-06-02'], companies: ['2020-06-01', '2020-06-02', '2020-06-03'] }]);
    expect(calls).toContain('marts');
  });

  it('is for the day before, when a schedule starts it', async () => {
    const { activities, calls } = pipeline();
    await host.withWorker(activities, async () => {
      const handle = await host.client.workflow.start(workflowTypes.run, {
        workflowId: `${host.pipeline}/daily`,
        taskQueue: host.taskQueue,
        args: [{ pipeline: host.pipeline, daily: true } satisfies RunInput],
      });
      await handle.result();
    });
    const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    expect(calls[0]).toContain(`{"from":"${yesterday}","to":"${yesterday}"}`);
  });
});
