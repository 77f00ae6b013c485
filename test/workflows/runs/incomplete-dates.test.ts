import { describe, expect, it } from '@jest/globals';
import type { WorkflowFailedError } from '@temporalio/client';
import type { ApplicationFailure } from '@temporalio/common';
import { runActivity } from '../../../src/activities/run-activity.js';
import type { Activities } from '../../../src/contracts/activities/activities.js';
import type { LandResult } from '../../../src/contracts/activities/landing.js';
import type { ClaimResult } from '../../../src/contracts/activities/pickup.js';
import type { ProcessResult } from '../../../src/contracts/activities/processing.js';
import type { Period } from '../../../src/contracts/activities/refs.js';
import { runScope, type DatesOfRun } from '../../../src/contracts/dates/dated-runs.js';
import { datesOf } from '../../../src/contracts/dates/dates.js';
import { workflowIds, workflowTypes } from '../../../src/contracts/names.js';
import type { OutputPlan, OutputResult } from '../../../src/contracts/outputs.js';
import { keys } from '../../../src/contracts/search-attributes.js';
import type { RunInput, RunReport } from '../../../src/contracts/workflows.js';
import { StrataError } from '../../../src/engine/strata-error.js';
import { datedActivities } from '../dated-activities.js';
import { landingActivities } from '../landing-activities.js';
import { hostWorkflows } from '../workflow-host.js';

describe('a run by date of which some dates are not complete', () => {
  const host = hostWorkflows();
  /** The failed run's report, and its `StrataOutcome`. */
  async function failed(activities: Partial<Activities>, dates: Period) {
    return host.withWorker(activities, async () => {
      const handle = await host.client.workflow.start(workflowTypes.run, {
        workflowId: workflowIds.run(host.pipeline, runScope({ dates })),
        taskQueue: host.taskQueue,
        args: [{ pipeline: host.pipeline, dates } satisfies RunInput],
      });
      const failure = await handle.result().catch((error: WorkflowFailedError) => error.cause as ApplicationFailure);
      const report = (failure as ApplicationFailure).details?.[0] as RunReport;
      return { report, outcome: (await handle.describe()).typedSearchAttributes.get(keys.outcome) };
    });
  }

  it('names a date that fails, and completes the others', async () => {
    const bad = { dates: 1, first: ['2020-06-03'] };
    const { activities, calls } = datedActivities({
      ...landingActivities(() => runActivity({}, () => Promise.reject<LandResult>(new StrataError('denied', 'the file may not be read')))),
      reportDates: async () => ({ dates: 30, empty: { dates: 0, first: [] }, missing: {}, incomplete: bad }),
    });
    const { report } = await failed(activities, { from: '2020-06-01', to: '2020-07-31' });
    expect(report.failures).toContain('1 date is not complete: 2020-06-03. To go on with it, give the same command again');
    expect(report.failures.join('\n')).toContain('leads (2020-06-01..2020-06-30): 1 landing failed');
    expect(report.dates).toMatchObject({ dates: 60, incomplete: { dates: 2 } });
    expect(calls.filter((call) => call === 'process leads')).toHaveLength(2);
    expect(calls).toContain('marts');
  });

  it('names dates with an output that fails, each once, and completes the others', async () => {
    const days = ['2020-06-02', '2020-06-03', '2020-06-04'];
    const { activities } = datedActivities({
      reportDates: async () => ({
        dates: 30,
        empty: { dates: 0, first: [] },
        missing: {},
        incomplete: { dates: 1, first: ['2020-06-03'] },
      }),
      planOutputs: async () => ({
        outputs: [{ output: 'bus.sales', after: [] }],
        dates: days.map((date) => ({ date, asked: true, outputs: [0] })),
        current: 27,
        next: null,
      }),
      writeOutput: ({ date }) =>
        date === '2020-06-02'
          ? Promise.resolve({ state: 'written', rows: 1, bytes: 0 })
          : runActivity({}, () => Promise.reject<OutputResult>(new StrataError('statement', 'the SQL is wrong'))),
    });
    const { report, outcome } = await failed(activities, { from: '2020-06-01', to: '2020-06-30' });
    expect(report.dates?.incomplete).toEqual({ dates: 2, first: ['2020-06-03', '2020-06-04'] });
    expect(report.failures).toContain(
      '2 dates are not complete, because an output failed: 2020-06-03, 2020-06-04. To go on with them, give the same command again',
    );
    expect(outcome).toBe('partial');
  });

  it('says once what keeps several feeds from being loaded, and that processing failed', async () => {
    const blocked = (files: number) => ({
      ...{ found: 0, before: 0, claimed: 0, waiting: 0, began: '2026-01-01 00:00:00.000000' },
      leftAlone: { files, first: [], blocked: { files, example: "raw/2020-06-02/: it can't be read" }, dates: ['2020-06-02'] },
    });
    const asked: DatesOfRun[] = [];
    const { activities } = datedActivities({
      claimObjects: async ({ feed }) => blocked(feed === 'leads' ? 1 : 3),
      processBatch: () => runActivity({}, () => Promise.reject<ProcessResult>(new StrataError('statement', 'there is no such column'))),
      reportDates: async (input) => {
        asked.push(input);
        return { dates: 3, empty: { dates: 0, first: [] }, missing: {}, incomplete: { dates: 3, first: datesOf(input.dates) } };
      },
    });
    const { report } = await failed(activities, { from: '2020-06-01', to: '2020-06-03' });
    expect(report.failures[0]).toBe(
      "leads, companies: 1 to 3 files of each are not loaded, such as raw/2020-06-02/: it can't be read. Then give the same command again",
    );
    expect(report.failures.filter((line) => line.includes("can't be read"))).toHaveLength(1);
    expect(asked).toMatchObject([{ unprocessed: true }]);
  });

  it('completes no date where nobody knows which outputs there are', async () => {
    const { activities } = datedActivities({
      planOutputs: () => runActivity({}, () => Promise.reject<OutputPlan>(new StrataError('denied', 'the table may not be read'))),
    });
    const { report, outcome } = await failed(activities, { from: '2020-06-01', to: '2020-06-30' });
    expect(report.dates?.incomplete).toMatchObject({ dates: 30, periods: [{ from: '2020-06-01', to: '2020-06-30' }] });
    expect(outcome).toBeUndefined();
  });

  it('is not complete where a file can not be loaded, or nobody could look for files', async () => {
    const asked: unknown[] = [];
    const { activities, calls } = datedActivities({
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
    const { report } = await failed(activities, { from: '2020-06-01', to: '2020-06-03' });
    expect(report.failures).toEqual(
      expect.arrayContaining([
        "leads: 2 files are not loaded, such as a.csv: it can't be read. Then give the same command again",
        expect.stringContaining('the folder may not be read'),
      ]),
    );
    expect(asked).toEqual([{ leads: ['2020-06-02'], companies: ['2020-06-01', '2020-06-02', '2020-06-03'] }]);
    expect(calls).toContain('marts');
  });
});
