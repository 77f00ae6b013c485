import { describe, expect, it } from '@jest/globals';
import { WorkflowStreamClient } from '@temporalio/workflow-streams/client';
import { runScope } from '../../../src/contracts/dates/dated-runs.js';
import { workflowIds, workflowTypes } from '../../../src/contracts/names.js';
import { progressTopic, type ProgressEvent } from '../../../src/contracts/progress.js';
import type { RunInput, RunReport } from '../../../src/contracts/workflows.js';
import { datedActivities } from '../dated-activities.js';
import { hostWorkflows } from '../workflow-host.js';

const continueAfter = 300;

describe('a run by date', () => {
  const host = hostWorkflows({ continueAfter });
  const start = (input: Omit<RunInput, 'pipeline'>) =>
    host.client.workflow.start(workflowTypes.run, {
      workflowId: workflowIds.run(host.pipeline, runScope(input)),
      taskQueue: host.taskQueue,
      args: [{ pipeline: host.pipeline, ...input } satisfies RunInput],
    });

  it('takes the files of its date, and says what is not there', async () => {
    const { activities, calls } = datedActivities();
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
    const { activities, calls } = datedActivities();
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
    const { activities, calls } = datedActivities();
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

  it('is for the day before, when a schedule starts it', async () => {
    const { activities, calls } = datedActivities();
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
