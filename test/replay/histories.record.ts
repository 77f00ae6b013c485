// npm run record-histories: records anew the histories that histories.test.ts replays. Needed when a workflow's commands changed.
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import { signalClose, signalHealthy, signalSeen, startNotice } from '../../src/connectors/temporal/incidents/incidents.js';
import type { Trouble } from '../../src/contracts/alerts/incidents.js';
import { workflowIds, workflowTypes } from '../../src/contracts/names.js';
import { scheduledPickup } from '../../src/contracts/workflows.js';
import { drop } from '../kill/lab/drops.js';
import { gamesFile, usersFile } from '../kill/lab/files.js';
import { Lab, type LabOptions } from '../kill/lab/lab.js';
import { startOwnTemporal, type OwnTemporal } from '../kill/lab/own-temporal.js';
import { warehouse } from '../support/servers/servers.js';
import { until } from '../support/until.js';
import { planned } from '../workflows/planned.js';
import { hostWorkflows } from '../workflows/workflow-host.js';
import { historiesFolder, recordHistory } from './recorded-histories.js';

const pipeline = 'eastrock';
/** Longer than a landing may take before it announces what it staged. */
const late = 11_000;

let temporal: OwnTemporal;
/** Workflow ids repeat from lab to lab, so each has a namespace. */
async function inLab(
  work: (lab: Lab) => Promise<void>,
  options: Partial<LabOptions> = {},
  settings: Readonly<Record<string, string>> = {},
): Promise<void> {
  const lab = await Lab.open({ url: warehouse.url, chunkBytes: 1_000_000, temporalAddress: temporal.address, ...options });
  try {
    lab.startWorker(settings);
    await work(lab);
  } finally {
    await lab.close();
  }
}

/** The last run of the workflows whose ids match. */
async function newest(lab: Lab, id: RegExp) {
  const found = [];
  for await (const each of lab.client.workflow.list()) if (id.test(each.workflowId)) found.push(each);
  const [latest] = found.sort((a, b) => b.startTime.getTime() - a.startTime.getTime());
  if (!latest) throw new Error(`no workflow is called ${id}`);
  return latest;
}

/** Waits until the workflow of that name has ended, which another one started, and records it. */
async function record(lab: Lab, name: string, id: RegExp): Promise<void> {
  await until(async () =>
    newest(lab, id).then(
      ({ status }) => status.name !== 'RUNNING',
      () => false,
    ),
  );
  const { workflowId, runId } = await newest(lab, id);
  await recordHistory(lab.client, name, workflowId, runId);
}

const schedule = (lab: Lab, type: string, workflowId: string, input: object = {}) =>
  lab.execute(type, `${workflowId}-2026-01-01T00:00:00Z`, { pipeline, ...input });

async function putDrop(lab: Lab, number: number): Promise<void> {
  for (const [feed, text] of Object.entries(drop(number))) await lab.bucket.put(`${feed}-${number}.csv`, text);
}

describe('histories', () => {
  // The lab's pipeline has no outputs by date.
  const outputs = hostWorkflows();
  beforeAll(async () => {
    await rm(historiesFolder, { recursive: true, force: true });
    temporal = await startOwnTemporal({ continueAfter: 300 });
  });
  afterAll(() => temporal.drop());

  it('of a run, of what it starts, and of what schedules start', () =>
    inLab(async (lab) => {
      await putDrop(lab, 1);
      await lab.bucket.put('games-wrong.csv', 'Nothing,Of,This\n1,2,3\n');
      await lab.run();
      await record(lab, 'run', /^eastrock\/run$/);
      await record(lab, 'process-child', /^eastrock\/process\//);
      await record(lab, 'land-staged', /^eastrock\/users\/land\//);
      const [refused] = await lab.warehouse.query<{ load_id: number }>(`select load_id from gear.loads where state = 'refused'`);
      await record(lab, 'land-refused', new RegExp(`^eastrock/games/land/${refused!.load_id}$`));

      await schedule(lab, workflowTypes.process, workflowIds.process(pipeline));
      await record(lab, 'process-idle', /^eastrock\/process-/);
      await schedule(lab, workflowTypes.aggregate, workflowIds.aggregate(pipeline));
      await record(lab, 'aggregate-idle', /^eastrock\/aggregate-/);
      await schedule(lab, workflowTypes.pickup, workflowIds.pickup(pipeline, 'users'), scheduledPickup({ pipeline, feed: 'users' }));
      await record(lab, 'pickup-idle', /^eastrock\/users\/pickup-/);

      await putDrop(lab, 2);
      for (const feed of ['users', 'games', 'payments']) await lab.pickup(feed);
      await schedule(lab, workflowTypes.process, workflowIds.process(pipeline));
      await record(lab, 'process-scheduled', /^eastrock\/process-/);
      await schedule(lab, workflowTypes.aggregate, workflowIds.aggregate(pipeline));
      await record(lab, 'aggregate', /^eastrock\/aggregate-/);

      await lab.execute(workflowTypes.rebuild, workflowIds.rebuild(pipeline), { pipeline, marts: ['bus.total_users', 'bus.daily_users'] });
      await record(lab, 'rebuild', /^eastrock\/rebuild$/);
    }));

  it('of a backfill', () =>
    inLab(async (lab) => {
      for (const number of [1, 2, 3]) await lab.bucket.put(`archive/users-${number}.csv`, drop(number).users);
      const url = `s3://${lab.bucket.bucket}/archive/`;
      await lab.execute(workflowTypes.backfill, workflowIds.backfill(pipeline, 'users', 'archive'), {
        pipeline,
        feed: 'users',
        source: { kind: 'backfill', url },
        window: 8,
      });
      await record(lab, 'backfill', /^eastrock\/users\/backfill\//);
    }));

  it('of a file in ranges', () =>
    inLab(
      async (lab) => {
        await lab.bucket.put('games-large.csv', gamesFile(1, 2_000));
        await lab.pickup('games');
        await record(lab, 'land-ranges', /^eastrock\/games\/land\//);
      },
      { rangeBytes: 5_000, chunkBytes: 1_000 },
    ));

  it('of a pickup that continues as new', () =>
    inLab(
      async (lab) => {
        for (let file = 0; file < 215; file += 1) await lab.bucket.put(`users-${file}.csv`, usersFile('ES', [file + 1]));
        const id = workflowIds.pickup(pipeline, 'users');
        await lab.pickup('users');
        const runs = [];
        for await (const each of lab.client.workflow.list()) if (each.workflowId === id) runs.push(each);
        const [first, ...later] = runs.sort((a, b) => a.startTime.getTime() - b.startTime.getTime());
        await recordHistory(lab.client, 'pickup-continued', id, first!.runId);
        await recordHistory(lab.client, 'pickup-last', id, later.at(-1)!.runId);
      },
      { direct: true },
      { STRATA_BUNDLE_BYTES: '0' },
    ));

  it('of a pickup of small files, one of which fails among the others', () =>
    inLab(async (lab) => {
      for (let file = 0; file < 12; file += 1) await lab.bucket.put(`users-${file}.csv`, usersFile('ES', [file + 1]));
      const isFourth = ({ method, path }: { readonly method: string; readonly path: string }) =>
        method === 'GET' && path.endsWith('/users-4.csv');
      for (let times = 0; times < 3; times += 1) lab.s3.at('before', isFourth, async () => 'cut');
      await lab.pickup('users');
      await record(lab, 'pickup-bundles', /^eastrock\/users\/pickup$/);
    }));

  it('of arrivals, of pickups that they start, and of what others staged', () =>
    inLab(async (lab) => {
      await lab.bucket.put('users-1.csv', drop(1).users);
      await lab.follow(['users']);
      await record(lab, 'arrivals', /^eastrock\/arrivals$/);
      await record(lab, 'pickup-followed', /^eastrock\/users\/pickup\//);

      await lab.bucket.put('games-2.csv', drop(2).games);
      await schedule(lab, workflowTypes.pickup, workflowIds.pickup(pipeline, 'games'), scheduledPickup({ pipeline, feed: 'games' }));
      await record(lab, 'pickup-announcing', /^eastrock\/games\/pickup-/);
      await record(lab, 'arrivals-landed', /^eastrock\/arrivals$/);

      await lab.bucket.put('games-3.csv', gamesFile(1_000, 8_000));
      await lab.bucket.put('payments-3.csv', drop(3).payments);
      await lab.follow(['games', 'payments']);
      await record(lab, 'arrivals-much', /^eastrock\/arrivals$/);
    }));

  it('of exports, one of which can not be written', () =>
    inLab(async (lab) => {
      const input = { pipeline, exports: ['nothing'] };
      await lab.execute(workflowTypes.exports, workflowIds.exports(pipeline), input).catch(() => undefined);
      await record(lab, 'exports', /^eastrock\/exports$/);
    }));

  it('of outputs by date, one of which can not be written', () =>
    outputs.withWorker(
      {
        planOutputs: async ({ after }) => ({
          outputs: [
            { output: 'bus.sales', after: [] },
            { output: 'sales', after: ['bus.sales'] },
          ],
          dates: [after === undefined ? '2026-01-01' : '2026-01-02'].map((date) => ({ date, asked: true, outputs: [0, 1] })),
          current: 0,
          next: after === undefined ? '2026-01-01' : null,
        }),
        writeOutput: async ({ output, date }) => {
          if (output === 'sales' && date === '2026-01-02') throw ApplicationFailure.nonRetryable('no such column', 'definition');
          return { state: 'written', rows: 1, bytes: 10 };
        },
      },
      async () => {
        const workflowId = workflowIds.outputs(outputs.pipeline);
        const args = [{ pipeline: outputs.pipeline, dates: { from: '2026-01-01', to: '2026-01-02' } }];
        const handle = await outputs.client.workflow.start(workflowTypes.outputs, { taskQueue: outputs.taskQueue, workflowId, args });
        await handle.result().catch(() => undefined);
        await recordHistory(outputs.client, 'outputs', workflowId);
      },
    ));

  it('of an extract', () =>
    outputs.withWorker(
      {
        extractSource: async () => ({
          ...{ run: 7, kind: 'incremental', snapshotAt: '2026-03-01T09:00:00.000001Z', takenOver: [] },
          tables: [
            { name: 'item', way: 'changed', rows: 3, objects: 1, bytes: 90 },
            { name: 'gone', way: null, rows: 0, objects: 0, bytes: 0, leftOut: 'there is no table gone in the source' },
          ],
        }),
        planPipeline: async () => planned(['item'], { extract: ['shop'], marts: ['bus.items'], vault: ['vault.hub_item'] }),
        claimObjects: async () => ({ found: 1, before: 1, claimed: 0, waiting: 0, began: '2026-01-01 00:00:00.000000' }),
        listOpenLoads: async () => ({ loadIds: [], small: [], objects: [] }),
        findStaged: async () => ({ staged: [], unpruned: [] }),
        processBatch: async () => ({
          ...{ batch: null, loads: 0, inserted: 0, updated: 0, unchanged: 0, superseded: 0, outdated: 0, leftOut: 0, more: false },
        }),
        findStaleExports: async () => [],
        refreshStaleMarts: async () => ({ marts: {}, left: [] }),
        loadStaleVault: async () => ({ rows: {}, left: [] }),
        pruneStaging: async () => ({ rows: 0 }),
        pruneChanges: async () => ({ rows: 0 }),
        signalStagedLoads: async () => undefined,
      },
      async () => {
        const workflowId = workflowIds.extract(outputs.pipeline, 'shop');
        const args = [{ pipeline: outputs.pipeline, extract: 'shop' }];
        const handle = await outputs.client.workflow.start(workflowTypes.extract, { taskQueue: outputs.taskQueue, workflowId, args });
        await handle.result().catch(() => undefined);
        await recordHistory(outputs.client, 'extract', workflowId);
      },
    ));

  it('of a look for trouble', () =>
    outputs.withWorker({ watchPipeline: async () => ({ opened: 1, over: 0, open: 1, failures: [] }) }, async () => {
      const workflowId = workflowIds.watch(outputs.pipeline);
      const args = [{ pipeline: outputs.pipeline }];
      await outputs.client.workflow.execute(workflowTypes.watch, { taskQueue: outputs.taskQueue, workflowId, args });
      await recordHistory(outputs.client, 'watch', workflowId);
    }));

  it('of an incident that is closed, has another cause, and is over', () => {
    const sent: string[] = [];
    return outputs.withWorker(
      {
        sendAlert: async ({ receiver, message }) => {
          if (receiver.key === 'gone') throw ApplicationFailure.nonRetryable('gone answered 410', 'misconfigured');
          sent.push(`${message.event} ${message.trouble.cause}`);
        },
      },
      async () => {
        const { client, taskQueue, pipeline: name } = outputs;
        const receivers = ['there', 'gone'].map((key) => ({ setting: 'OPS', key, kind: 'webhook' as const, shown: `webhook, ${key}` }));
        const see = (cause: string) => {
          const about = {
            pipeline: name,
            kind: 'quarantined',
            subject: 'users',
            feed: 'users',
            cause,
            at: '2026-03-01T09:00:00.000Z',
          } as const;
          const trouble = { ...about, summary: '1 row of users is in quarantine', details: ['bad_key: 1 row'], commands: [] };
          return signalSeen(client, taskQueue, { trouble, receivers });
        };
        const id = workflowIds.incident(name, 'quarantined', 'users');
        await see('1');
        const { runId } = await client.workflow.getHandle(id).describe();
        await until(() => sent.length === 1);
        await signalClose(client, id, { note: 'known' });
        await until(() => sent.length === 2);
        await see('2');
        await until(() => sent.length === 3);
        await signalHealthy(client, id);
        await client.workflow.getHandle(id).result();
        await recordHistory(client, 'incident-closed', id, runId);
        await recordHistory(client, 'incident', id);
      },
    );
  });

  it('of a notice of files that are loaded', () =>
    outputs.withWorker({ sendAlert: async () => undefined }, async () => {
      const { client, taskQueue, pipeline: name } = outputs;
      const at = '2026-03-01T09:00:00.000000Z';
      const trouble: Trouble = {
        ...({ pipeline: name, kind: 'loaded', subject: 'users', feed: 'users', cause: '1', at, count: 1 } as const),
        ...{ loaded: { files: 1, rows: 2, quarantined: 0, bytes: 30 }, summary: '1 file of users is loaded: 2 rows' },
        ...{ details: ['users-1.csv: 2 rows (load 1)'], commands: ['strata loads --feed users'] },
      };
      const receivers = ['one', 'other'].map((key) => ({ setting: 'OPS', key, kind: 'webhook' as const, shown: `webhook, ${key}` }));
      await startNotice(client, taskQueue, { trouble, receivers });
      const id = workflowIds.notice(name, 'users', at);
      await client.workflow.getHandle(id).result();
      await recordHistory(client, 'notice', id);
    }));

  it('of a landing that takes long', () =>
    inLab(async (lab) => {
      await lab.bucket.put('users-1.csv', drop(1).users);
      const isRead = ({ method, path }: { readonly method: string; readonly path: string }) =>
        method === 'GET' && path.endsWith('/users-1.csv');
      lab.s3.at('before', isRead, async () => {
        await sleep(late);
        return 'go on';
      });
      await schedule(lab, workflowTypes.pickup, workflowIds.pickup(pipeline, 'users'), scheduledPickup({ pipeline, feed: 'users' }));
      await record(lab, 'land-late', /^eastrock\/users\/land\//);
    }));
});
