import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { watchPipeline } from '../../../src/activities/alerts/watch-pipeline.js';
import { openWarehouse } from '../../../src/connectors/mysql/warehouse.js';
import { connectTemporal, temporalSettings } from '../../../src/connectors/temporal/connect.js';
import { listIncidents } from '../../../src/connectors/temporal/incidents/incidents.js';
import { incidentMemo, type IncidentState } from '../../../src/contracts/alerts/incidents.js';
import { workflowTypes } from '../../../src/contracts/names.js';
import { attributesOf } from '../../../src/contracts/search-attributes.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import { compileFile } from '../../support/mart-warehouse.js';
import { startMailServer, type MailServer } from '../../support/servers/mail-server.js';
import { temporal, warehouse as server } from '../../support/servers/servers.js';
import { startWebhookReceiver, type WebhookReceiver } from '../../support/servers/webhook-receiver.js';
import { smallPipeline } from '../../support/small-pipeline.js';
import { StrataProcess, type Ran } from '../../support/strata-process.js';
import { until } from '../../support/until.js';
import { Looks } from './looks.js';

const small = smallPipeline();
const { name } = small;
const source = mkdtempSync(join(tmpdir(), 'strata-alerts-'));
const definition = small.variant((base) => ({ ...base, alerts: [{ when: ['failed', 'quarantined', 'refused'], to: ['SMALL_ALERTS'] }] }));
const base = {
  ...small.settings,
  STRATA_PIPELINES: definition,
  SMALL_SOURCE_URL: pathToFileURL(source).href,
  STRATA_FOLDER_QUIET_SECONDS: '0',
};

/** A client to whom Temporal lists incidents as they were. */
function lateClient(client: Client, listed: readonly WorkflowExecutionInfo[]): Client {
  async function* asTheyWere() {
    yield* listed;
  }
  const list: Client['workflow']['list'] = (options) =>
    options?.query?.includes(`'${workflowTypes.incident}'`) ? (asTheyWere() as never) : client.workflow.list(options);
  return Object.create(client, { workflow: { value: Object.create(client.workflow, { list: { value: list } }) } }) as Client;
}

describe('alerts', () => {
  let mail: MailServer;
  let webhook: WebhookReceiver;
  let worker: StrataProcess;
  let client: Client;
  let warehouse: Warehouse;
  let settings: Readonly<Record<string, string>> = base;
  let looks: Looks;

  const strata = (...args: string[]): Promise<Ran> => StrataProcess.run(args, settings);
  const look = () => looks.look();
  const subjects = () => mail.mails.map(({ headers }) => headers.subject);
  const events = () => webhook.posts.map(({ body, status }) => `${(JSON.parse(body) as { type: string }).type} ${status ?? 'lost'}`);
  const isListed = async (id: string, state: string) =>
    (await listIncidents(client, name, { ended: true })).some((incident) => incident.workflowId === id && incident.state === state);

  beforeAll(async () => {
    [mail, webhook] = await Promise.all([startMailServer(), startWebhookReceiver()]);
    settings = {
      ...base,
      SMALL_ALERTS: `ops@example.com, ${webhook.url}`,
      STRATA_SMTP_URL: mail.url,
      STRATA_MAIL_FROM: 'strata@example.com',
      STRATA_WEBHOOK_SECRET: 'a secret of at least 24 characters',
    };
    client = await connectTemporal(temporalSettings({ TEMPORAL_ADDRESS: temporal.address }));
    looks = new Looks(client, name);
    warehouse = openWarehouse({ url: server.url, prefix: settings.STRATA_SCHEMA_PREFIX ?? '', connections: 2 });
    expect(await strata('migrate')).toMatchObject({ code: 0 });
    worker = await StrataProcess.startWorker(settings);
  });
  afterAll(async () => {
    await worker.kill();
    for (const { workflowId, isRunning } of await listIncidents(client, name))
      if (isRunning) await client.workflow.getHandle(workflowId).terminate();
    await Promise.all([mail.close(), webhook.close(), client.connection.close(), warehouse.close()]);
    rmSync(source, { recursive: true });
    small.drop();
  });

  it('reach everybody in a test, which tells who is not reached', async () => {
    const sent = await strata('alerts', 'test', '--json');
    expect(sent.code).toBe(0);
    expect(JSON.parse(sent.stdout)).toEqual([
      { pipeline: name, setting: 'SMALL_ALERTS', receiver: 'mail, example.com', problem: null },
      { pipeline: name, setting: 'SMALL_ALERTS', receiver: `webhook, 127.0.0.1:${webhook.port}`, problem: null },
    ]);
    expect(subjects()).toEqual([`[strata] Test: ${name}: alerts of this pipeline reach you`]);
    webhook.answer = () => ({ status: 404 });
    const refused = await strata('alerts', 'test');
    expect(refused).toMatchObject({ code: 1, stdout: expect.stringContaining('answered 404') as unknown });
    expect(refused.stdout).not.toContain('/hook');
    webhook.answer = undefined;
    const lacking = await StrataProcess.run(['status'], { ...settings, SMALL_ALERTS: 'ops', STRATA_SMTP_URL: 'mail.example.com' });
    expect(lacking.code).toBe(1);
    expect(lacking.stderr).toContain('SMALL_ALERTS: entry 1 must be a mail address');
    expect(lacking.stderr).toContain('STRATA_SMTP_URL: must look like smtp://');
  });

  it('of rows in quarantine come once, also when the worker dies just after it posted one', async () => {
    const [mails, posts] = [mail.mails.length, webhook.posts.length];
    writeFileSync(join(source, 'users-1.csv'), 'UserID,Country\n1,ES\nnobody,FR\n');
    expect((await strata('run', name)).code).toBe(0);
    await looks.killAtPost(worker, webhook, posts + 1);
    worker = await StrataProcess.startWorker(settings);
    await until(() => webhook.posts.length === posts + 2);
    const id = `${name}/incident/quarantined/users`;
    await until(async () =>
      (await listIncidents(client, name)).some(({ deliveries }) => deliveries.every(({ state }) => state === 'begun')),
    );
    expect(events().slice(posts)).toEqual(['strata.incident.began lost', 'strata.incident.began 204']);
    expect(new Set(webhook.posts.slice(posts).map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(new Set(mail.mails.slice(mails).map(({ headers }) => headers['message-id'])).size).toBe(1);
    expect(mail.mails.at(-1)!.body).toContain(`strata quarantine list ${name} --feed users`);
    expect(mail.mails.at(-1)!.body).toContain('bad_key: 1 row');
    expect(mail.mails.at(-1)!.body).not.toContain('nobody');

    const before = webhook.posts.length;
    expect(await look()).toMatchObject({ opened: 0, over: 0, open: 1, failures: [] });
    expect(webhook.posts).toHaveLength(before);
    const { stdout } = await strata('status', name);
    expect(stdout).toContain('1 row of users is in quarantine');
    expect((await strata('alerts', 'list')).stdout).toContain(id);
    // Incidents are no runs: neither shown nor ended as such.
    expect((await strata('why', name)).stdout).not.toContain('incident');
  });

  it('show the newest count, in more and in fewer rows, but not each small change of a large one', async () => {
    const [posts, id] = [webhook.posts.length, `${name}/incident/quarantined/users`];
    const bad = async (file: string, rows: number) => {
      writeFileSync(join(source, file), `UserID,Country\n${'nobody,FR\n'.repeat(rows)}`);
      expect((await strata('run', name)).code).toBe(0);
    };
    const events = async () => (await client.workflow.getHandle(id).describe()).historyLength;
    const shows = async (summary: string) => {
      expect(await look()).toMatchObject({ opened: 0, over: 0, open: 1, failures: [] });
      await until(async () => (await listIncidents(client, name)).some(({ trouble }) => trouble.summary === summary));
    };
    await bad('users-2.csv', 20);
    await shows('21 rows of users are in quarantine');
    expect((await strata('status', name)).stdout).toContain(': 21 rows of users are in quarantine');
    const before = await events();
    await bad('users-3.csv', 1);
    await shows('21 rows of users are in quarantine');
    expect(await events()).toBe(before);
    // The newest row stays, so it is the same cause.
    await warehouse.execute('delete from gear.quarantine where pipeline = ? order by quarantine_id limit 10', [name]);
    await shows('12 rows of users are in quarantine');
    expect(webhook.posts).toHaveLength(posts);
  });

  it('stay as they are while the warehouse does not answer', async () => {
    const dead = openWarehouse({ url: 'mysql://nobody@127.0.0.1:9', prefix: 'nothing_', connections: 1 });
    const { definition: compiled } = await compileFile(definition);
    const report = await watchPipeline({
      ...{ client, warehouse: dead, definition: compiled, marts: [], taskQueue: name, environment: {} },
    });
    await dead.close();
    expect(report.failures).toContainEqual(expect.stringContaining('rows in quarantine could not be looked at'));
    expect(report).toMatchObject({ opened: 0, over: 0 });
    expect(await isListed(`${name}/incident/quarantined/users`, 'open')).toBe(true);
  });

  it('say once that it is over', async () => {
    const posts = webhook.posts.length;
    const handle = client.workflow.getHandle(`${name}/incident/quarantined/users`);
    const listed: WorkflowExecutionInfo[] = [];
    for await (const each of client.workflow.list({ query: `WorkflowId = '${handle.workflowId}' and ExecutionStatus = 'Running'` }))
      listed.push(each);
    await warehouse.execute('delete from gear.quarantine where pipeline = ?', [name]);
    webhook.answer = () => ({ status: 503 });
    expect(await look()).toMatchObject({ over: 1, open: 0 });
    await until(async () => ((await handle.describe()).memo?.[incidentMemo] as IncidentState | undefined)?.state === 'over');
    // Temporal may list it as it was for a while.
    const { definition: compiled } = await compileFile(definition);
    const late = lateClient(client, listed);
    expect(listed).toHaveLength(1);
    expect(
      await watchPipeline({ client: late, warehouse, definition: compiled, marts: [], taskQueue: name, environment: {} }),
    ).toMatchObject({
      over: 0,
    });
    webhook.answer = undefined;
    await handle.result();
    expect(
      events()
        .slice(posts)
        .filter((event) => !event.endsWith('503')),
    ).toEqual(['strata.incident.over 204']);
    const ended = webhook.posts.length;
    expect(subjects().at(-1)).toBe(`[strata] Over: ${name}: 1 row of users is in quarantine`);
    await until(async () => (await listIncidents(client, name)).length === 0);
    expect(await look()).toMatchObject({ opened: 0, over: 0 });
    expect(webhook.posts).toHaveLength(ended);
  });

  it('of a run that was terminated are over after a good one', async () => {
    const handle = await client.workflow.start(workflowTypes.run, {
      ...{ taskQueue: `${name}-nobody`, workflowId: `${name}/run`, args: [{ pipeline: name }] },
      typedSearchAttributes: attributesOf({ pipeline: name }),
    });
    await handle.terminate('a test');
    const id = `${name}/incident/failed/run`;
    await until(async () => ((await look()) as { opened: number }).opened === 1);
    await until(() => subjects().includes(`[strata] ${name}: ${name}/run failed`));
    expect(mail.mails.at(-1)!.body).toContain(`strata why ${name}/run`);
    expect(mail.mails.at(-1)!.body).toContain('it was terminated');
    expect((await strata('run', name)).code).toBe(0);
    await until(async () => ((await look()) as { over: number }).over === 1);
    await client.workflow.getHandle(id).result();
    expect(subjects().at(-1)).toBe(`[strata] Over: ${name}: ${name}/run failed`);
  });

  it('of a refused file are given up where a webhook does not exist, which everybody sees, and are closed by hand', async () => {
    writeFileSync(join(source, 'users-2.csv'), 'Something,Else\n1,ES\n');
    expect((await strata('run', name)).code).toBe(0);
    webhook.answer = () => ({ status: 410 });
    const id = `${name}/incident/refused/users`;
    expect(await look()).toMatchObject({ opened: 1 });
    await until(async () =>
      (await listIncidents(client, name)).some(
        ({ deliveries }) =>
          deliveries
            .map(({ state }) => state)
            .sort()
            .join() === 'begun,given up',
      ),
    );
    const posts = webhook.posts.length;
    expect((await strata('status', name)).stdout).toMatch(/was not\s+notified/);
    const list = await strata('alerts', 'list', name);
    expect(list.stdout).toContain('1 of 2');
    webhook.answer = undefined;
    expect((await strata('alerts', 'close', id, '--note', 'the sender knows')).code).toBe(0);
    await until(() => subjects().includes(`[strata] Over: ${name}: 1 file of users was refused`));
    expect(mail.mails.at(-1)!.body).toContain('Somebody closed it: the sender knows.');
    expect(webhook.posts).toHaveLength(posts);
    await until(() => isListed(id, 'closed'));
    expect(await look()).toMatchObject({ opened: 0, over: 0 });
    const notOpen = async (incident: string) =>
      expect(await strata('alerts', 'close', incident)).toMatchObject({
        code: 1,
        stdout: '',
        stderr: expect.stringContaining(`there is no open incident ${incident}`) as unknown,
      });
    await notOpen(`${name}/incident/refused/nothing`);
    await notOpen(id);
    const run = await client.workflow.start(workflowTypes.run, {
      ...{ taskQueue: `${name}-nobody`, workflowId: `${name}/run`, args: [{ pipeline: name }] },
      typedSearchAttributes: attributesOf({ pipeline: name }),
    });
    await notOpen(run.workflowId);
    await run.terminate('a test');
  });

  it('that somebody closed come back with a newer cause alone, and are over when their cause is found no more', async () => {
    // The run that the test before has terminated.
    const [failed, refused] = [`${name}/incident/failed/run`, `${name}/incident/refused/users`];
    await until(async () => (await look(), isListed(failed, 'open')));
    expect((await strata('alerts', 'close', failed)).code).toBe(0);
    await until(() => isListed(failed, 'closed'));
    const { runId } = await client.workflow.getHandle(`${name}/run`).describe();
    const workflowExecution = { workflowId: `${name}/run`, runId };
    await client.workflowService.deleteWorkflowExecution({ namespace: 'default', workflowExecution });
    await until(async () => (await look(), isListed(failed, 'over')));

    writeFileSync(join(source, 'users-3.csv'), 'Something,Other\n1,ES\n');
    expect((await strata('run', name)).code).toBe(0);
    expect(await look()).toMatchObject({ opened: 1, open: 1 });
    await until(async () => (await look(), isListed(refused, 'open')));
    expect((await strata('alerts', 'close', refused)).code).toBe(0);
    await until(() => isListed(refused, 'closed'));
    const mails = mail.mails.length;
    const dealtWith = "update gear.loads set state = 'gone' where pipeline = ? and state = 'refused' order by load_id desc limit 1";
    await warehouse.execute('delete from gear.quarantine where pipeline = ?', [name]);
    await warehouse.execute(dealtWith, [name]);
    expect(await look()).toMatchObject({ opened: 0, over: 0, open: 0 });
    expect(await isListed(refused, 'closed')).toBe(true);
    await warehouse.execute(dealtWith, [name]);
    expect(await look()).toMatchObject({ open: 0 });
    await client.workflow.getHandle(refused).result();
    expect(
      subjects()
        .slice(mails)
        .filter((subject) => !subject?.includes('Over')),
    ).toEqual([]);
  });
});
