import { describe, expect, it } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import type { OutputPlan, OutputsInput, OutputsReport } from '../../../src/contracts/outputs.js';
import { workflowTypes } from '../../../src/contracts/names.js';
import { settled } from '../../../src/status/outcome.js';
import { hostWorkflows } from '../workflow-host.js';

const outputs = [
  { output: 'bus.sales', after: [] },
  { output: 'bus.visits', after: [] },
  { output: 'sales', after: ['bus.sales'] },
];
const written = { state: 'written', rows: 10, bytes: 100 } as const;

describe('writeOutputs', () => {
  const host = hostWorkflows();
  const { pipeline, taskQueue } = host;
  let runs = 0;

  /** Runs the workflow on these plans, one after the other; returns what was written, in order, and how it ended. */
  async function run(plans: readonly OutputPlan[], input: Partial<OutputsInput> = {}, failing: readonly string[] = []) {
    const calls: string[] = [];
    const asked: (string | undefined)[] = [];
    const activities = {
      planOutputs: async ({ after }: { after?: string | undefined }) => {
        asked.push(after);
        return plans[asked.length - 1]!;
      },
      writeOutput: async ({ output, date }: { output: string; date: string }) => {
        calls.push(`${output} ${date}`);
        if (failing.includes(`${output} ${date}`)) throw ApplicationFailure.nonRetryable('its SQL is wrong', 'definition');
        return written;
      },
    };
    const handle = await host.withWorker(activities, async () => {
      const started = await host.client.workflow.start(workflowTypes.outputs, {
        taskQueue,
        workflowId: `${pipeline}/outputs/${(runs += 1)}`,
        args: [{ pipeline, ...input }],
      });
      await settled(started);
      return started;
    });
    const { ok, report, failures } = await settled(handle);
    return { calls, asked, ok, failures, report: report as OutputsReport };
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
  });
});
