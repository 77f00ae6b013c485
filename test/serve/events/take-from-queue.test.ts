import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { openQueue, type MessageQueue } from '../../../src/connectors/sqs/message-queue.js';
import { FeedRouter } from '../../../src/serve/events/feed-router.js';
import { takeFromQueue } from '../../../src/serve/events/take-from-queue.js';
import { SqsServer } from '../../support/servers/sqs-server.js';
import { feeds, inSns, notification } from './notifications.js';

const router = new FeedRouter([{ definition: { name: 'eastrock', feeds }, url: 's3://eastrockvalley-test/' }]);

it.each(['http://user:hunter2@127.0.0.1/q', 'http://hunter2@127.0.0.1/q', 'ftp://127.0.0.1/q', 'hunter2', 'http://127.0.0.1:hunter2/q'])(
  '%j is no queue',
  (url) => {
    expect(() => openQueue(url, {})).toThrow(expect.objectContaining({ type: 'misconfigured' }));
    if (url.includes('@')) expect(() => openQueue(url, {})).not.toThrow('hunter2');
  },
);

describe('a queue of events', () => {
  let server: SqsServer;
  let queue: MessageQueue;
  let ending: AbortController;
  let taking: Promise<void>;
  let told: string[];
  let written: string;
  let works: boolean;
  beforeEach(async () => {
    server = await SqsServer.start(500);
    queue = openQueue(server.queueUrl, { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' });
    [ending, told, written, works] = [new AbortController(), [], '', true];
    const publish = async (arrivals: readonly { readonly feed: string }[]) => {
      if (!works) throw new Error('Temporal does not answer');
      told.push(...arrivals.map(({ feed }) => feed));
    };
    const logger = pino({ base: null }, { write: (line: string) => void (written += line) });
    taking = takeFromQueue(queue, { router, signals: { publish }, logger }, ending.signal);
  });
  afterEach(async () => {
    ending.abort();
    await taking;
    queue.close();
    await server.close();
  });
  const until = async (isSo: () => boolean) => {
    for (let tries = 0; !isSo(); tries += 1) {
      if (tries === 300) throw new Error(`it did not come to that: ${written}`);
      await sleep(50);
    }
  };

  it('is emptied: what S3, SNS and EventBridge put there leads to feeds', async () => {
    for (const message of [
      notification('aws-s3'),
      inSns(notification('aws-s3')),
      notification('eventbridge'),
      notification('aws-test'),
      inSns(notification('aws-test')),
    ])
      server.send(JSON.stringify(message));
    await until(() => server.messages.length === 0);
    expect([...told].sort()).toEqual(['payments', 'users', 'users']);
  });

  it('keeps a message until Temporal has taken it', async () => {
    works = false;
    const message = server.send(JSON.stringify(notification('minio')));
    await until(() => message.deliveries >= 2);
    expect(server.messages).toEqual([message]);
    works = true;
    await until(() => server.messages.length === 0);
    expect(told).toEqual(['games']);
  });

  it('takes the good records of a message with others, and keeps one of others alone', async () => {
    const good = { eventName: 'ObjectCreated:Put', s3: { bucket: { name: 'eastrockvalley-test' }, object: { key: 'users.csv' } } };
    const mixed = { Records: [good, { eventName: 'ObjectCreated:Put', secret: 'row-value' }] };
    for (const message of [mixed, inSns(mixed)]) server.send(JSON.stringify(message));
    const strange = server.send(JSON.stringify({ Records: [{ eventName: 'ObjectCreated:Put' }] }));
    await until(() => server.messages.length === 1 && strange.deliveries >= 2);
    expect(server.messages).toEqual([strange]);
    expect(told).toEqual(['users', 'users']);
    expect(written).toContain('"records":1');
    expect(written).not.toContain('row-value');
  });

  it('keeps what can not be understood, for its redrive policy, and says so without its text', async () => {
    const strange = server.send('a secret that is no JSON');
    server.send(JSON.stringify(notification('minio')));
    await until(() => server.messages.length === 1 && strange.deliveries >= 2);
    expect(server.messages).toEqual([strange]);
    expect(told).toEqual(['games']);
    expect(written).toContain(strange.id);
    expect(written).not.toContain('a secret');
  });
});
