import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client } from '@temporalio/client';
import { Webhook } from 'standardwebhooks';
import { beginTelling, endTelling, loadedFiles } from '../../../src/gear/troubles/loaded.js';
import { openWarehouse } from '../../../src/connectors/mysql/warehouse.js';
import { connectTemporal, temporalSettings } from '../../../src/connectors/temporal/connect.js';
import { runningWorkflows } from '../../../src/connectors/temporal/running.js';
import type { Warehouse } from '../../../src/engine/warehouse.js';
import { temporal, warehouse as server } from '../../support/servers/servers.js';
import { startWebhookReceiver, type WebhookReceiver } from '../../support/servers/webhook-receiver.js';
import { smallPipeline } from '../../support/small-pipeline.js';
import { StrataProcess } from '../../support/strata-process.js';
import { until } from '../../support/until.js';
import { Looks } from './looks.js';

const secret = 'a secret of at least 24 characters';

describe('files that are loaded', () => {
  const small = smallPipeline();
  const { name } = small;
  const source = mkdtempSync(join(tmpdir(), 'strata-loaded-'));
  const base = {
    ...small.settings,
    STRATA_PIPELINES: small.variant((each) => ({ ...each, alerts: [{ when: ['loaded'], to: ['SMALL_LOADED'] }] })),
    SMALL_SOURCE_URL: pathToFileURL(source).href,
    STRATA_FOLDER_QUIET_SECONDS: '0',
    STRATA_RELEASE_UNDURABLE: '1',
    STRATA_WEBHOOK_SECRET: secret,
  };
  let settings: Readonly<Record<string, string>> = base;
  let webhook: WebhookReceiver;
  let worker: StrataProcess;
  let client: Client;
  let warehouse: Warehouse;
  let looks: Looks;

  const look = () => looks.look();
  const load = async (file: string, text: string) => {
    writeFileSync(join(source, file), text);
    expect((await StrataProcess.run(['run', name], settings)).code).toBe(0);
  };
  const taken = () => webhook.posts.filter(({ status }) => status === 204);
  const told = () => taken().map(({ body }) => JSON.parse(body) as { type: string; text: string; data: Record<string, unknown> });

  beforeAll(async () => {
    webhook = await startWebhookReceiver();
    settings = { ...base, SMALL_LOADED: webhook.url };
    client = await connectTemporal(temporalSettings({ TEMPORAL_ADDRESS: temporal.address }));
    looks = new Looks(client, name);
    warehouse = openWarehouse({ url: server.url, prefix: settings.STRATA_SCHEMA_PREFIX ?? '', connections: 2 });
    expect(await StrataProcess.run(['migrate'], settings)).toMatchObject({ code: 0 });
    worker = await StrataProcess.startWorker(settings);
  });
  afterAll(async () => {
    await worker.kill();
    await Promise.all([webhook.close(), client.connection.close(), warehouse.close()]);
    rmSync(source, { recursive: true });
    small.drop();
  });

  it('are told of once, with their rows, also when the worker dies just after it posted; what was loaded before is no news', async () => {
    await load('users-0.csv', 'UserID,Country\n9,ES\n');
    await look();
    await load('users-1.csv', 'UserID,Country\n1,ES\nnobody,FR\n');
    await looks.killAtPost(worker, webhook, 1);
    worker = await StrataProcess.startWorker(settings);
    await until(() => taken().length > 0);
    await look();
    await Promise.all([look(), look()]);
    await until(async () => (await runningWorkflows(client, name, { incidents: true })).length === 0);
    expect(webhook.posts).toHaveLength(2);
    const [lost, kept] = webhook.posts;
    expect(kept!.headers['webhook-id']).toBe(lost!.headers['webhook-id']);
    new Webhook(Buffer.from(secret).toString('base64')).verify(kept!.body, kept!.headers as Record<string, string>);
    expect(told()).toMatchObject([
      {
        type: 'strata.loaded',
        text: expect.stringContaining(`${name}: 1 file of users is loaded: 1 row, 1 row in quarantine.`) as unknown,
        data: {
          pipeline: name,
          feed: 'users',
          files: 1,
          rows: 1,
          quarantined: 1,
          details: ['users-1.csv: 1 row, 1 row in quarantine (load 2)'],
        },
      },
    ]);
    expect(kept!.body).not.toContain('nobody');
  });

  it('are told of together where several came, and again to who was too busy to listen', async () => {
    const before = told().length;
    webhook.answer = (_post, number) => {
      if (number < 4) return { status: 429, headers: { 'retry-after': '1' } };
      return undefined;
    };
    writeFileSync(join(source, 'users-2.csv'), 'UserID,Country\n2,ES\n');
    await load('users-3.csv', 'UserID,Country\n3,ES\n4,ES\n');
    await Promise.all([look(), look()]);
    await until(() => told().length > before);
    await until(async () => (await runningWorkflows(client, name, { incidents: true })).length === 0);
    expect(told().slice(before)).toMatchObject([{ data: { files: 2, rows: 3, quarantined: 0 } }]);
  });

  it('are those that every mart has taken in, and of what was begun to be told the same ones', async () => {
    const feed = { pipeline: name, feed: 'users', group: 'users' };
    const [{ batch_number: last }] = (await warehouse.query<{ batch_number: number }>(
      "select batch_number from gear.feeds where pipeline = ? and feed = 'users'",
      [name],
    )) as [{ batch_number: number }];
    await load('users-5.csv', 'UserID,Country\n5,ES\n');
    const mark = (batch: number) =>
      warehouse.execute(
        `insert into gear.mart_watermarks (target, feed, batch_number) values ('bus.late', 'users', ?) on duplicate key update batch_number = ?`,
        [batch, batch],
      );
    await mark(Number(last));
    expect(await beginTelling(warehouse, { ...feed, marts: ['bus.late'] })).toBeUndefined();
    const begun = await beginTelling(warehouse, { ...feed, marts: [] });
    expect(begun).toEqual({ after: String(last), upTo: String(Number(last) + 1) });
    await load('users-6.csv', 'UserID,Country\n6,ES\n');
    expect(await beginTelling(warehouse, { ...feed, marts: [] })).toEqual(begun);
    expect(await loadedFiles(warehouse, feed, begun!, 10)).toMatchObject({ files: 1, rows: 1, newest: [{ object: 'users-5.csv' }] });
    await endTelling(warehouse, { ...feed, marts: [] }, begun!);
    expect(await beginTelling(warehouse, { ...feed, marts: [] })).toEqual({ after: begun!.upTo, upTo: String(Number(last) + 2) });
    await warehouse.execute("delete from gear.mart_watermarks where target = 'bus.late'");
  });
});
