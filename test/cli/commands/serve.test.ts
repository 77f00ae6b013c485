import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { openWarehouse } from '../../../src/connectors/mysql/warehouse.js';
import { workflowIds } from '../../../src/contracts/names.js';
import { startOwnServer, type OwnServer } from '../../connectors/s3/own-server.js';
import { testClient } from '../../connectors/s3/test-bucket.js';
import { freshPrefix, objectStore, temporal, warehouse } from '../../support/servers/servers.js';
import { SqsServer } from '../../support/servers/sqs-server.js';
import { StrataProcess, type Settings } from '../../support/strata-process.js';
import { until } from '../../support/until.js';
import { freePort } from '../../../tools/servers/ports.js';

const prefix = freshPrefix();
const name = `serve_${prefix.slice(1, 7)}`;
const folder = mkdtempSync(join(tmpdir(), 'strata-serve-'));
const token = 'a-token-of-some-length';
const bucket = `b-${name.replace('_', '-')}`;

const pipeline = (pipelineName: string, sourceSetting: string) => ({
  name: pipelineName,
  sourceSetting,
  schedules: { pickup: '*/3 * * * *', process: '*/10 * * * *', aggregate: '*/10 * * * *' },
  feeds: [
    {
      name: `${pipelineName}_users`,
      match: '^users([-_ ].*)?\\.csv$',
      reasons: ['bad_key', 'too_long'],
      columns: [
        { name: 'user_id', header: 'UserID', type: { kind: 'integer', min: '1', max: '4294967295' }, reason: 'bad_key' },
        { name: 'country', header: 'Country', type: { kind: 'text', maxLength: 20, empty: 'Unknown' }, reason: 'too_long' },
      ],
    },
  ],
  entities: [
    {
      name: `${pipelineName}_users`,
      key: ['user_id'],
      values: ['country'],
      indexes: [['country']],
      from: [{ feed: `${pipelineName}_users` }],
    },
  ],
  surrogates: [],
  vault: { hubs: [], links: [], satellites: [] },
  sqlFolder: pipelineName,
});

const mart = (pipelineName: string) => `-- mart: bus.${pipelineName}_countries
-- Users of each country.
-- key: country

-- columns
country varchar(20)
users bigint

-- affected by ${pipelineName}_users
select c.old_country as country from changes.${pipelineName}_users c

-- affected by ${pipelineName}_users
select c.new_country as country from changes.${pipelineName}_users c

-- rows
select u.country, count(*) as users
from [[affected straight_join]] bulk.${pipelineName}_users u [[on u.country = affected.country]]
group by u.country
`;

describe('strata serve', () => {
  const [ofBucket, ofFolder] = [`${name}s`, `${name}f`];
  const source = join(folder, 'source');
  const processes: StrataProcess[] = [];
  const db = openWarehouse({ url: warehouse.url, prefix, connections: 2 });
  let gateway: OwnServer;
  let events: string;
  let env: Settings;

  beforeAll(async () => {
    mkdirSync(source);
    for (const each of [ofBucket, ofFolder]) {
      mkdirSync(join(folder, each, 'bus'), { recursive: true });
      writeFileSync(
        join(folder, `${each}.json`),
        JSON.stringify(pipeline(each, each === ofBucket ? 'SERVE_BUCKET_URL' : 'SERVE_FOLDER_URL')),
      );
      writeFileSync(join(folder, each, 'bus', 'countries.sql'), mart(each));
    }
    const port = await freePort();
    events = `http://127.0.0.1:${port}/events/s3`;
    env = {
      STRATA_MYSQL_URL: warehouse.url,
      STRATA_SCHEMA_PREFIX: prefix,
      STRATA_TASK_QUEUE: name,
      STRATA_PIPELINES: [ofBucket, ofFolder].map((each) => join(folder, `${each}.json`)).join(),
      STRATA_EVENTS_TOKEN: token,
      TEMPORAL_ADDRESS: temporal.address,
      SERVE_BUCKET_URL: `s3://${bucket}`,
      SERVE_FOLDER_URL: pathToFileURL(source).href,
    };
    expect(await StrataProcess.run(['migrate'], env)).toMatchObject({ code: 0, stderr: '' });
    processes.push(await StrataProcess.startServe(['--address', `127.0.0.1:${port}`], env));
    gateway = await startOwnServer(['--event-webhook-url', `${events}?token=${token}`]);
    const { region, accessKeyId, secretAccessKey } = objectStore;
    env = {
      ...env,
      AWS_ENDPOINT_URL_S3: gateway.endpoint,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    };
    const client = testClient(gateway.endpoint);
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    client.destroy();
    processes.push(await StrataProcess.startWorker(env));
  });
  afterAll(async () => {
    await Promise.all(processes.map((each) => each.stop()));
    await gateway.drop();
    await db.close();
    rmSync(folder, { recursive: true });
  });

  const countries = async (of: string) =>
    db.query<{ country: string; users: number }>(`select country, users from bus.${of}_countries order by country`);
  const untilVisible = async (of: string, country: string): Promise<void> => {
    for (let tries = 0; !(await countries(of)).some((row) => row.country === country); tries += 1) {
      if (tries === 600) throw new Error(`${country} is not visible`);
      await sleep(100);
    }
  };

  /** What a `serve` that began then has looked for by itself: what was put while nobody listened. */
  const untilAllIsLookedAt = async (of: string, began: Date): Promise<void> => {
    const connection = await Connection.connect({ address: temporal.address });
    const arrivals = new Client({ connection }).workflow.getHandle(workflowIds.arrivals(of));
    for (let tries = 0; ((await arrivals.describe()).closeTime ?? 0) <= began; tries += 1) {
      if (tries === 600) throw new Error(`${arrivals.workflowId} does not end`);
      await sleep(100);
    }
    await connection.close();
  };

  it('brings a file to bus that was put into a bucket of VersityGW, by its event alone', async () => {
    const client = testClient(gateway.endpoint);
    // S3 tells times in seconds: of two files of the same one, the later key wins.
    for (const [key, country] of [
      ['users of May+1é.csv', 'ES'],
      ['users.csv', 'PT'],
    ] as const) {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: `UserID,Country\n1,${country}\n` }));
      await untilVisible(ofBucket, country);
    }
    client.destroy();
    expect(await countries(ofBucket)).toEqual([{ country: 'PT', users: 1 }]);
  });

  it('brings a file to bus that was put into a folder', async () => {
    writeFileSync(join(source, 'users-1.csv'), 'UserID,Country\n1,DE\n2,DE\n');
    await untilVisible(ofFolder, 'DE');
    expect(await countries(ofFolder)).toEqual([{ country: 'DE', users: 2 }]);
  });

  it('refuses what comes without its token, and what is no event', async () => {
    const post = (address: string, body: string) => fetch(address, { method: 'POST', body });
    expect((await post(events, '{}')).status).toBe(401);
    expect((await post(`${events}?token=wrong`, '{}')).status).toBe(401);
    expect((await post(`${events}?token=${token}`, 'no event')).status).toBe(400);
    expect((await fetch(new URL('/healthz', events))).status).toBe(200);
    expect((await fetch(new URL('/nothing', events))).status).toBe(404);
  });

  it('refuses to be reached from elsewhere without a token, and says what is wrong with an address', async () => {
    const open = { ...env, STRATA_EVENTS_TOKEN: '' };
    const refused = await StrataProcess.run(['serve', '--address', '0.0.0.0:0'], open);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('set STRATA_EVENTS_TOKEN');
    expect((await StrataProcess.run(['serve', '--address', 'nowhere'], open)).code).toBe(2);
    const taken = await StrataProcess.run(['serve', '--address', new URL(events).host], open);
    expect(taken.code).toBe(1);
    expect(taken.stderr).toContain('EADDRINUSE');
  });

  it('takes events without a token from programs of this machine, and nothing that a web page can send', async () => {
    const own = await freePort();
    const process = await StrataProcess.startServe(['--address', `127.0.0.1:${own}`], { ...env, STRATA_EVENTS_TOKEN: '' });
    processes.push(process);
    const body = JSON.stringify({
      Records: [{ eventName: 'ObjectCreated:Put', s3: { bucket: { name: 'other' }, object: { key: 'users-9.csv' } } }],
    });
    const post = async (headers: Record<string, string>) => {
      const sending = request({ host: '127.0.0.1', port: own, path: '/events/s3', method: 'POST', headers }).end(body);
      const [answer] = (await once(sending, 'response')) as [IncomingMessage];
      answer.resume();
      return answer.statusCode;
    };
    const json = { 'Content-Type': 'application/json' };
    expect(await post(json)).toBe(200);
    expect(await post({ ...json, Host: `localhost:${own}` })).toBe(200);
    expect(await post({ ...json, Host: 'attacker.example' })).toBe(403);
    expect(await post({ ...json, Origin: 'http://evil.example' })).toBe(403);
    expect(await post({ 'Content-Type': 'text/plain' })).toBe(415);
    const { stderr } = await process.stop();
    expect(stderr).toContain('requests were refused');
    expect(stderr).toContain('127.0.0.1');
  });

  it('shows no login that an address of a queue holds, and does not start with one', async () => {
    const signedQueue = 'http://127.0.0.1:1/123456789012/new-files?X-Sig=hunter2';
    const process = await StrataProcess.startServe(['--address', '127.0.0.1:0', '--queue', signedQueue], env);
    const { stderr } = await process.stop();
    expect(stderr).toContain('http://127.0.0.1:1/123456789012/new-files?***');
    expect(stderr).not.toContain('hunter2');
    const refused = await StrataProcess.run(['serve', '--address', '127.0.0.1:0', '--queue', 'http://u:hunter2@127.0.0.1:1/q'], env);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('without user and password');
    expect(refused.stderr).not.toContain('hunter2');
  });

  it('tells senders to come again while Temporal is away', async () => {
    const [host = '', port = ''] = temporal.address.split(':');
    const sockets = new Set<Socket>();
    const way = createServer((socket) => {
      const server = connect(Number(port), host);
      for (const each of [socket, server]) sockets.add(each.on('error', () => undefined));
      socket.pipe(server).pipe(socket);
    }).listen(0, '127.0.0.1');
    await once(way, 'listening');
    const own = `127.0.0.1:${await freePort()}`;
    processes.push(
      await StrataProcess.startServe(['--address', own], { ...env, TEMPORAL_ADDRESS: `127.0.0.1:${(way.address() as AddressInfo).port}` }),
    );
    way.close();
    for (const socket of sockets) socket.destroy();
    const body = JSON.stringify({
      Records: [{ eventName: 'ObjectCreated:Put', s3: { bucket: { name: bucket }, object: { key: 'users-9.csv' } } }],
    });
    const answer = await fetch(`http://${own}/events/s3?token=${token}`, { method: 'POST', body, signal: AbortSignal.timeout(60_000) });
    expect(answer.status).toBe(503);
  });

  it('does not start without Temporal, and ends on SIGTERM', async () => {
    const elsewhere = await StrataProcess.run(['serve'], { ...env, TEMPORAL_ADDRESS: '127.0.0.1:1' });
    expect(elsewhere.stderr).toContain('no Temporal server answers at 127.0.0.1:1');
    expect(await processes[0]?.stop()).toMatchObject({ code: 0 });
  });

  it('brings a file to bus by a message in a queue', async () => {
    const queue = await SqsServer.start(30_000);
    const client = testClient(gateway.endpoint);
    try {
      // What the gateway tells of it meets nobody any more.
      await processes[0]?.stop();
      const began = new Date();
      processes.push(await StrataProcess.startServe(['--address', `127.0.0.1:${await freePort()}`, '--queue', queue.queueUrl], env));
      await untilAllIsLookedAt(ofBucket, began);
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: 'users-queue.csv', Body: 'UserID,Country\n7,FR\n' }));
      queue.send(
        JSON.stringify({
          Records: [{ eventName: 'ObjectCreated:Put', s3: { bucket: { name: bucket }, object: { key: 'users-queue.csv' } } }],
        }),
      );
      await untilVisible(ofBucket, 'FR');
      await until(() => queue.messages.length === 0);
    } finally {
      client.destroy();
      await queue.close();
    }
  });
});
