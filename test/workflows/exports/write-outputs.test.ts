import { describe, expect, it } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import type { OutputPlan, OutputsInput, OutputsReport } from '../../../src/contracts/outputs.js';
import { workflowTypes } from '../../../src/contracts/names.js';
import { settled } from '../../../src/connectors/temporal/outcome.js';
import { hostWorkflows } from '../workflow-host.js';

const outputs = [
  { output: 'bus.sales', after: [] },
  { output: 'bus.visits', after: [] },
  { output: 'sales', after: ['bus.sales'] },
];
const written = { state: 'written', rows: 10, bytes: 100 } as const;

describe('writeOutputs', () => {
  // So that a handful of outputs fills a history.
  const host = hostWorkflows({ continueAfter: 40 });
  const { pipeline, taskQueue } = host;
  let started = 0;

  /** Runs the workflow on these plans, one after the other; returns what was written, in order, and how it ended. */
  async function run(plans: readonly OutputPlan[], input: Partial<OutputsInput> = {}, failing: readonly string[] = []) {
    const calls: string[] = [];
    const asked: (string | undefined)[] = [];
    const activities = {
      planOutputs: async ({ after }: { after?: string | undefined }) => {
        asked.push(after);
        const plan = plans[asked.length - 1];
        if (!plan) throw ApplicationFailure.nonRetryable('there is no such table', 'definition');
        return plan;
      },
      writeOutput: async ({ output, date }: { output: string; date: string }) => {
        calls.push(`${output} ${date}`);
        if (failing.includes(`${output} ${date}`)) throw ApplicationFailure.nonRetryable('its SQL is wrong', 'definition');
        return written;
      },
    };
    const { workflowId } = await host.withWorker(activities, async () => {
      const handle = await host.client.workflow.start(workflowTypes.outputs, {
        taskQueue,
        workflowId: `${pipeline}/outputs/${(started += 1)}`,
        args: [{ pipeline, ...input }],
      });
      await settled(handle);
      return handle;
    });
    const { ok, report, failures } = await settled(host.client.workflow.getHandle(workflowId));
    let runs = 0;
    for await (const each of host.client.workflow.list({ query: `WorkflowId = '${workflowId}'` }))
      if (each.workflowId === workflowId) runs += 1;
    return { calls, asked, ok, failures, runs, report: report as OutputsReport };
  }

  it('writes the outputs of each date behind those that they read, and says which dates were not asked for', async () => {
    const plan = {
      outputs,
      dates: [
        { date: '2024-03-01', asked: true, outputs: [0, 1, 2] },
        { date: '2024-03-02', asked: false, outputs: [0, 2] },
      ],
      current: 1,
      next: '2024-03-02',
    };
    const { calls, asked, ok, report } = await run([
      plan,
      { outputs, dates: [{ date: '2024-03-09', asked: false, outputs: [1] }], current: 2, next: null },
    ]);
    expect([ok, asked]).toEqual([true, [undefined, '2024-03-02']]);
    expect(calls).toHaveLength(6);
    for (const date of ['2024-03-01', '2024-03-02'])
      expect(calls.indexOf(`bus.sales ${date}`)).toBeLessThan(calls.indexOf(`sales ${date}`));
    expect(calls[5]).toBe('bus.visits 2024-03-09');
    expect(report.outputs).toEqual({
      byOutput: {
        'bus.sales': { written: 2, same: 0, failed: 0, rows: 20, bytes: 200 },
        'bus.visits': { written: 2, same: 0, failed: 0, rows: 20, bytes: 200 },
        sales: { written: 2, same: 0, failed: 0, rows: 20, bytes: 200 },
      },
      current: 3,
      otherDates: { dates: 2, first: ['2024-03-02', '2024-03-09'] },
    });
  });

  it('names what failed and leaves out what reads it; other dates are written', async () => {
    const dates = ['2024-03-01', '2024-03-02'].map((date) => ({ date, asked: true, outputs: [0, 2] }));
    const { calls, ok, failures, report } = await run([{ outputs, dates, current: 0, next: null }], {}, ['bus.sales 2024-03-01']);
    expect([ok, [...failures].sort()]).toEqual([
      false,
      ['bus.sales of 2024-03-01: its SQL is wrong', 'sales of 2024-03-01: was not written, because bus.sales of that date failed'],
    ]);
    expect([...calls].sort()).toEqual(['bus.sales 2024-03-01', 'bus.sales 2024-03-02', 'sales 2024-03-02']);
    expect(report.outputs.byOutput.sales).toMatchObject({ written: 1, failed: 1 });
    expect(report.outputs.failed).toEqual([{ from: '2024-03-01', to: '2024-03-01' }]);
  });

  it('says for which of the dates asked for an output failed, also after it continued as new', async () => {
    const days = Array.from({ length: 12 }, (_, index) => `2024-05-${String(index + 1).padStart(2, '0')}`);
    const plans = days.map((date, index) => ({
      outputs,
      dates: [{ date, asked: date !== '2024-05-03', outputs: [0, 1, 2] }],
      current: 0,
      next: days[index + 1] === undefined ? null : date,
    }));
    const failing = ['bus.visits 2024-05-01', 'bus.sales 2024-05-02', 'sales 2024-05-03', 'sales 2024-05-12'];
    const { ok, report, runs } = await run(plans, { dates: { from: '2024-05-01', to: '2024-05-12' } }, failing);
    expect([ok, runs > 1]).toEqual([false, true]);
    expect(report.outputs.failed).toEqual([
      { from: '2024-05-01', to: '2024-05-02' },
      { from: '2024-05-12', to: '2024-05-12' },
    ]);
  });

  it('has written nothing for dates that could not be planned', async () => {
    const dates = { from: '2024-05-01', to: '2024-05-03' };
    const first = { outputs, dates: [{ date: '2024-05-01', asked: true, outputs: [0] }], current: 0, next: '2024-05-01' };
    expect((await run([], { dates })).report.outputs.failed).toEqual([dates]);
    expect((await run([first], { dates })).report.outputs.failed).toEqual([{ from: '2024-05-02', to: '2024-05-03' }]);
    const last = { ...first, dates: [], next: '2024-05-03' };
    expect((await run([last], { dates })).report.outputs).not.toHaveProperty('failed');
    expect((await run([])).report.outputs).not.toHaveProperty('failed');
  });

  it('continues as new between plans, and keeps its counts', async () => {
    const days = Array.from({ length: 12 }, (_, index) => `2024-05-${String(index + 1).padStart(2, '0')}`);
    const plans = days.map((date, index) => ({
      outputs,
      dates: [{ date, asked: index % 2 === 0, outputs: [0, 1, 2] }],
      current: 1,
      next: days[index + 1] === undefined ? null : date,
    }));
    const { calls, asked, ok, report, runs } = await run(plans);
    expect([ok, calls.length, asked]).toEqual([true, 36, [undefined, ...days.slice(0, -1)]]);
    expect(runs).toBeGreaterThan(1);
    expect(report.outputs).toMatchObject({
      byOutput: { sales: { written: 12, rows: 120 } },
      current: 12,
      otherDates: { dates: 6, first: days.filter((_, index) => index % 2 === 1).slice(0, 5) },
    });
  });
});
