import { afterAll, describe, expect, it } from '@jest/globals';
import { connectTemporal, temporalSettings } from '../../../src/connectors/temporal/connect.js';
import { lateWork } from '../../../src/connectors/temporal/incidents/late-work.js';
import { failedWork, hasSucceededSince } from '../../../src/connectors/temporal/incidents/failed-work.js';
import { attributesOf } from '../../../src/contracts/search-attributes.js';
import { applySchedules } from '../../../src/connectors/temporal/schedules/schedules.js';
import type { Activities } from '../../../src/contracts/activities/activities.js';
import type { PipelineDefinition } from '../../../src/engine/definition/types.js';
import { planned } from '../../workflows/planned.js';
import { hostWorkflows } from '../../workflows/workflow-host.js';
import { temporal } from '../../support/servers/servers.js';
import { until } from '../../support/until.js';

const hour = 3_600_000;

/** Of an extract that finds nothing new. */
const quietActivities: Partial<Activities> = {
  extractSource: async () => ({ run: 7, kind: 'incremental', snapshotAt: '2026-03-01T09:00:00.000001Z', takenOver: [], tables: [] }),
  planPipeline: async () => planned([], { extract: ['shop'] }),
  findStaleExports: async () => [],
  refreshStaleMarts: async () => ({ marts: {}, left: [] }),
  loadStaleVault: async () => ({ rows: {}, left: [] }),
  pruneChanges: async () => ({ rows: 0 }),
  findStaged: async () => ({ staged: [], unpruned: [] }),
};

describe('what a schedule starts', () => {
  const host = hostWorkflows();
  // Their own time does not come while this runs.
  const definition = () =>
    ({
      ...{ name: host.pipeline, feeds: [], alerts: [{ when: ['late'], to: ['OPS'] }] },
      schedules: { pickup: '0 0 1 1 *', process: '0 0 1 1 *', aggregate: '0 0 1 1 *' },
      extracts: [{ name: 'shop', schedule: '0 0 1 1 *' }],
    }) as unknown as PipelineDefinition;
  const late = (after: number) =>
    lateWork(host.client, definition(), { taskQueue: host.taskQueue, limit: hour / 2, now: new Date(Date.now() + after) });
  const schedule = () => host.client.schedule.getHandle(`${host.pipeline}/process`);
  const executions = async (status: string) =>
    (
      await host.client.workflow.count(
        `StrataPipeline = '${host.pipeline}' and WorkflowType = 'processPipeline' and ExecutionStatus = '${status}'`,
      )
    ).count;
  const executionsOf = async (type: string) =>
    (await host.client.workflow.count(`StrataPipeline = '${host.pipeline}' and WorkflowType = '${type}' and ExecutionStatus = 'Completed'`))
      .count;
  const start = async () => {
    const before = await executions('Running');
    await schedule().trigger();
    await until(async () => (await executions('Running')) > before);
  };
  afterAll(async () => {
    // The host's own is closed by now.
    const client = await connectTemporal(temporalSettings({ TEMPORAL_ADDRESS: temporal.address }));
    for (const id of ['extract/shop', 'process', 'aggregate', 'alerts']) await client.schedule.getHandle(`${host.pipeline}/${id}`).delete();
    await client.connection.close();
  });

  it('is late once it has not ended well in time, until it does', async () => {
    expect((await applySchedules(host.client, definition(), host.taskQueue)).map(({ id, cron }) => [id, cron])).toEqual([
      [`${host.pipeline}/extract/shop`, '0 0 1 1 *'],
      [`${host.pipeline}/process`, '0 0 1 1 *'],
      [`${host.pipeline}/aggregate`, '0 0 1 1 *'],
      [`${host.pipeline}/alerts`, '* * * * *'],
    ]);
    // The watch would start each minute, and no worker takes it here.
    await host.client.schedule.getHandle(`${host.pipeline}/alerts`).pause();
    expect(await late(hour)).toEqual([]);
    await start();
    expect(await late(0)).toEqual([]);
    expect(await late(hour)).toMatchObject([{ name: 'process', isRunning: true, lastGood: undefined }]);
    await host.withWorker(
      { findStaged: async () => ({ staged: [], unpruned: [] }), loadStaleVault: async () => ({ rows: {}, left: [] }) },
      () => until(async () => (await executions('Completed')) === 1),
    );
    expect(await late(hour)).toEqual([]);
  });

  it('is late when it ends badly, and has failed until the same work ends well; a pause is no lateness', async () => {
    await start();
    const running = (await schedule().describe()).info.recentActions.at(-1)!.action.workflow.workflowId;
    await host.client.workflow.getHandle(running).terminate('a test');
    await until(async () => (await executions('Terminated')) === 1);
    expect(await late(hour)).toMatchObject([{ name: 'process', isRunning: false, lastGood: { runId: expect.any(String) as unknown } }]);
    const failed = await failedWork(host.client, host.pipeline);
    expect(failed).toMatchObject([{ name: 'process', type: 'processPipeline', reasons: ['it was terminated'] }]);
    expect(await hasSucceededSince(host.client, host.pipeline, failed[0]!)).toBe(false);
    await schedule().pause();
    expect(await late(hour)).toEqual([]);
    await start();
    await host.withWorker(
      { findStaged: async () => ({ staged: [], unpruned: [] }), loadStaleVault: async () => ({ rows: {}, left: [] }) },
      () => until(async () => (await executions('Completed')) === 2),
    );
    expect(await hasSucceededSince(host.client, host.pipeline, failed[0]!)).toBe(true);
    expect(await failedWork(host.client, host.pipeline)).toEqual([]);
  });

  it('finds the good end behind any number of others, and takes an extract for a run of everything', async () => {
    const { client, pipeline, taskQueue } = host;
    const ended = new Date(Date.now() - hour);
    const work = (type: string, name: string, feed?: string) => hasSucceededSince(client, pipeline, { type, name, feed, ended });
    expect(await work('runPipeline', 'run')).toBe(false);
    const args = [{ pipeline, extract: 'shop' }];
    const typedSearchAttributes = attributesOf({ pipeline });
    await host.withWorker(quietActivities, async () => {
      for (const name of ['extract/shop', 'extract/other'])
        await client.workflow.execute('extractPipeline', { taskQueue, workflowId: `${pipeline}/${name}`, args, typedSearchAttributes });
    });
    const isListed = async () => (await executionsOf('extractPipeline')) === 2;
    await until(isListed);
    expect(await work('extractPipeline', 'extract/shop')).toBe(true);
    expect(await work('extractPipeline', 'extract/none')).toBe(false);
    expect(await work('runPipeline', 'run')).toBe(true);
    expect(await work('runPipeline', 'run/2026-03-01')).toBe(false);
    expect(await work('pickupFeed', 'orders/pickup', 'orders')).toBe(false);
    expect(await work('aggregatePipeline', 'aggregate')).toBe(true);
  });

  it('is in time where an extract only left a table out, and is told to be that', async () => {
    const activities: Partial<Activities> = {
      ...quietActivities,
      extractSource: async () => ({
        ...{ run: 7, kind: 'incremental', snapshotAt: '2026-03-01T09:00:00.000001Z', takenOver: [] },
        tables: [{ name: 'gone', way: null, rows: 0, objects: 0, bytes: 0, leftOut: 'there is no table gone in the source' }],
      }),
    };
    await host.withWorker(activities, async () => {
      await host.client.schedule.getHandle(`${host.pipeline}/extract/shop`).trigger();
      await until(async () => (await failedWork(host.client, host.pipeline)).length === 1);
    });
    expect(await failedWork(host.client, host.pipeline)).toMatchObject([
      { name: 'extract/shop', isOnlyLeftOut: true, reasons: ['gone was left out: there is no table gone in the source'] },
    ]);
    expect(await late(hour)).toEqual([]);
  });
});
