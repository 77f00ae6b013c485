import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import type { FeedRef } from '../../src/contracts/activities.js';
import { createEventsApp } from '../../src/events/events-app.js';
import { FeedRouter } from '../../src/events/feed-router.js';
import { SnsTopics, type FetchText } from '../../src/events/sns-message.js';
import { feeds, inSns, notification } from './notifications.js';
import { certificate, confirmation, signed } from './signed-by-sns.js';

const token = 'a token of some length';
const router = new FeedRouter([{ definition: { name: 'eastrock', feeds }, url: 's3://eastrockvalley-test/' }]);

const unreachable: FetchText = async () => Promise.reject(new Error('no route'));

function server(options: { readonly token?: string; readonly takes?: boolean; readonly sns?: FetchText } = {}) {
  const told: FeedRef[] = [];
  const written: string[] = [];
  const app = createEventsApp({
    token: 'token' in options ? options.token : token,
    router,
    signals: {
      tell: async (arrivals) => {
        if (options.takes === false) throw new Error('Temporal does not answer');
        told.push(...arrivals);
      },
    },
    topics: new SnsTopics(options.sns ?? unreachable),
    logger: pino({ base: null }, { write: (line: string) => void written.push(line) }),
  });
  const post = (body: unknown, { query = '', headers = { authorization: `Bearer ${token}` } }: { query?: string; headers?: Record<string, string> } = {}) =>
    app.request(`/events/s3${query}`, { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) });
  return { post, told, written };
}

describe('POST /events/s3', () => {
  it('takes events and says what they led to', async () => {
    const { post, told } = server();
    const response = await post(notification('minio'));
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ objects: 1, feeds: ['eastrock/games'] });
    expect(told).toEqual([{ pipeline: 'eastrock', feed: 'games' }]);
  });

  it('answers 200 to what is of no interest, and to tests of the connection', async () => {
    const { post, told } = server();
    const removed = { Records: [{ eventName: 'ObjectRemoved:Delete', s3: { bucket: { name: 'eastrockvalley-test' }, object: { key: 'users.csv' } } }] };
    for (const message of [removed, notification('aws-test')]) expect((await post(message)).status).toBe(200);
    expect(told).toEqual([]);
  });

  it.each([
    ['no token', {}],
    ['a wrong one', { authorization: 'Bearer something else' }],
    ['an empty one', { authorization: 'Bearer ' }],
    ['another scheme', { authorization: `Basic ${token}` }],
  ])('refuses %s', async (_case, headers) => {
    const { post, told } = server();
    const response = await post(notification('minio'), { headers });
    expect(response.status).toBe(401);
    expect(await response.text()).not.toContain(token);
    expect(told).toEqual([]);
  });

  it('takes the token in the address from senders that can not set headers', async () => {
    const { post } = server();
    expect((await post(notification('versitygw'), { headers: {}, query: `?token=${encodeURIComponent(token)}` })).status).toBe(200);
    expect((await post(notification('versitygw'), { headers: {}, query: '?token=wrong' })).status).toBe(401);
  });

  it('needs none where none is set', async () => {
    const { post } = server({ token: undefined });
    expect((await post(notification('versitygw'), { headers: {} })).status).toBe(200);
  });

  it.each(['', 'no JSON', '[]', '{}', '{"Records":[{"s3":1}]}', '\u0000'])('refuses %j as malformed', async (body) => {
    const { post } = server();
    expect((await post(body)).status).toBe(400);
  });

  it('refuses a body of more than 1 MiB', async () => {
    const { post } = server();
    expect((await post(`{"Records": "${'x'.repeat(1 << 20)}"}`)).status).toBe(413);
  });

  it('tells the sender to come again when Temporal does not take it', async () => {
    const { post, written } = server({ takes: false });
    const response = await post(notification('minio'));
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
    expect(written.join('')).not.toContain(token);
  });

  it('takes events of EventBridge, with the token in a header', async () => {
    const { post, told } = server();
    expect((await post(notification('eventbridge'))).status).toBe(200);
    expect(told).toEqual([{ pipeline: 'eastrock', feed: 'payments' }]);
  });

  it('takes events that SNS has signed, and confirms a subscription once SNS asks', async () => {
    const fetched: string[] = [];
    const { post, told } = server({
      sns: async (url) => {
        fetched.push(url);
        return certificate;
      },
    });
    const query = { headers: {}, query: `?token=${encodeURIComponent(token)}` };
    const answer = await post(signed(confirmation), query);
    expect([answer.status, await answer.json()]).toEqual([200, { confirmed: confirmation.TopicArn }]);
    expect(fetched).toEqual([confirmation.SigningCertURL, confirmation.SubscribeURL]);
    expect(told).toEqual([]);
    const taken = await post(signed(inSns(notification('aws-s3'))), query);
    expect([taken.status, await taken.json()]).toEqual([200, { objects: 1, feeds: [expect.stringMatching(/^eastrock\//)] }]);
    expect(told).toHaveLength(1);
    const forged = { ...signed(inSns(notification('aws-s3'))), Message: JSON.stringify(notification('minio')) };
    expect((await post(forged, query)).status).toBe(400);
    expect(told).toHaveLength(1);
  });

  it('does not believe an envelope of SNS that can not be checked', async () => {
    const { post, told } = server();
    expect((await post(inSns(notification('aws-s3')))).status).toBe(503);
    expect((await post({ ...inSns({}), SigningCertURL: 'https://evil.example/a.pem' })).status).toBe(400);
    expect(told).toEqual([]);
  });
});
