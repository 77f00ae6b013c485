import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import type { FeedRef } from '../../../src/contracts/activities/refs.js';
import { createEventsApp } from '../../../src/serve/events/events-app.js';
import { FeedRouter } from '../../../src/serve/events/feed-router.js';
import type { FetchText } from '../../../src/serve/events/sns-certificates.js';
import { SnsTopics } from '../../../src/serve/events/sns-message.js';
import { feeds, inSns, notification } from './notifications.js';
import { certificates, confirmation, signed } from './signed-by-sns.js';

const token = 'a token of some length';
const router = new FeedRouter([{ definition: { name: 'eastrock', feeds }, url: 's3://eastrockvalley-test/' }]);

const noToken = 'the token is missing or wrong: send STRATA_EVENTS_TOKEN as a bearer token or as ?token=';
const unreachable: FetchText = async () => Promise.reject(new Error('no route'));

interface Options {
  readonly token?: string | undefined;
  readonly takes?: boolean;
  readonly sns?: FetchText;
  readonly listed?: readonly string[];
}

function server(options: Options = {}) {
  const told: FeedRef[] = [];
  const written: string[] = [];
  const app = createEventsApp({
    token: 'token' in options ? options.token : token,
    router,
    signals: {
      publish: async (arrivals) => {
        if (options.takes === false) throw new Error('Temporal does not answer');
        told.push(...arrivals);
      },
    },
    topics: new SnsTopics(options.sns ?? unreachable, { listed: options.listed ?? [] }),
    logger: pino({ base: null }, { write: (line: string) => void written.push(line) }),
  });
  const post = (
    body: unknown,
    { query = '', headers = { authorization: `Bearer ${token}` } }: { query?: string; headers?: Record<string, string> } = {},
  ) => app.request(`/events/s3${query}`, { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) });
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
    const removed = {
      Records: [{ eventName: 'ObjectRemoved:Delete', s3: { bucket: { name: 'eastrockvalley-test' }, object: { key: 'users.csv' } } }],
    };
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

  const json = { 'content-type': 'application/json; charset=utf-8' };
  it.each([
    ['JSON', json],
    ['JSON of a kind of its own', { 'content-type': 'application/cloudevents+json' }],
    ['what names this machine', { ...json, host: '127.0.0.1:8090' }],
    ['what names this machine by IPv6', { ...json, host: '[::1]:8090' }],
    ['its own page', { ...json, origin: 'http://localhost' }],
  ])('takes %s without a token where none is set', async (_case, headers) => {
    const { post, told } = server({ token: undefined });
    expect((await post(notification('versitygw'), { headers })).status).toBe(200);
    expect(told).toHaveLength(1);
  });

  it.each([
    ['from a web page', 403, { ...json, origin: 'http://evil.example' }],
    ['from a page without an origin', 403, { ...json, origin: 'null' }],
    ['under a name that leads here', 403, { ...json, host: 'attacker.example' }],
    ['under a name that looks like this machine', 403, { ...json, host: '127.0.0.1.attacker.example' }],
    ['under no name at all', 403, { ...json, host: '' }],
    ['as a form', 415, { 'content-type': 'application/x-www-form-urlencoded' }],
    ['as text', 415, { 'content-type': 'text/plain' }],
    ['as text with JSON in its parameters', 415, { 'content-type': 'text/plain; a=application/json' }],
    ['of no type', 415, { 'content-type': '' }],
  ])('takes nothing %s where no token is set', async (_case, status, headers) => {
    const { post, told } = server({ token: undefined });
    const response = await post(notification('versitygw'), { headers });
    expect(response.status).toBe(status);
    expect(await response.text()).toContain('STRATA_EVENTS_TOKEN');
    expect(told).toEqual([]);
  });

  it('lets senders with the token have any name, origin and type', async () => {
    const { post } = server();
    const headers = {
      authorization: `Bearer ${token}`,
      host: 'strata.example',
      origin: 'https://console.example',
      'content-type': 'text/plain',
    };
    expect((await post(notification('versitygw'), { headers })).status).toBe(200);
  });

  it('counts what it refuses in the log, without what was sent', async () => {
    const { post, written } = server();
    for (let tries = 0; tries < 50; tries += 1)
      await post('secret-body', { headers: { authorization: 'Bearer guessed-token' }, query: '?token=guessed' });
    expect(written).toHaveLength(1);
    expect(JSON.parse(written[0] ?? '')).toMatchObject({
      level: 40,
      msg: 'requests were refused',
      refused: { [`401: ${noToken}`]: 1 },
      sinceStart: 1,
    });
    expect(written.join('')).not.toMatch(/guessed|secret-body/);
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
        return certificates.sns;
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

  it('needs no token in the address that a listed topic of SNS is subscribed with', async () => {
    const listed = [confirmation.TopicArn ?? ''];
    const { post, told } = server({ listed, sns: async () => Promise.resolve(certificates.sns) });
    const headers = { 'x-amz-sns-message-type': 'Notification', 'content-type': 'text/plain; charset=UTF-8' };
    expect((await post(signed(confirmation), { headers })).status).toBe(200);
    expect((await post(signed(inSns(notification('aws-s3'))), { headers })).status).toBe(200);
    expect(told).toHaveLength(1);
    // What SNS has not signed, or of another topic, is not taken for the header alone.
    expect((await post(notification('aws-s3'), { headers })).status).toBe(401);
    expect((await post(inSns(notification('aws-s3')), { headers })).status).toBe(400);
    const other = { ...inSns(notification('aws-s3')), TopicArn: 'arn:aws:sns:eu-central-1:210987654321:new-files' };
    expect((await post(signed(other), { headers })).status).toBe(400);
    expect((await post(signed(inSns(notification('aws-s3'))), { headers: {} })).status).toBe(401);
    expect(told).toHaveLength(1);
  });

  it('takes the good records of a message and says how many others there were', async () => {
    const good = { eventName: 'ObjectCreated:Put', s3: { bucket: { name: 'eastrockvalley-test' }, object: { key: 'users.csv' } } };
    const strange = [{ eventName: 'ObjectCreated:Put' }, null, 7, { ...good, s3: { bucket: {}, object: { key: 'row-value' } } }];
    for (const body of [{ Records: [good, ...strange] }, [...strange, good], { Records: [...strange, good, good] }]) {
      const { post, told, written } = server();
      const response = await post(body);
      expect([response.status, await response.json()]).toEqual([
        200,
        expect.objectContaining({ feeds: ['eastrock/users'], notUnderstood: 4 }),
      ]);
      expect(told.length).toBeGreaterThan(0);
      expect(written.join('')).toContain('"records":4');
      expect(written.join('')).not.toContain('row-value');
    }
    const { post, told } = server({ sns: async () => Promise.resolve(certificates.sns) });
    expect((await post(signed(inSns({ Records: [...strange, good] })))).status).toBe(200);
    expect(told).toHaveLength(1);
    expect((await post({ Records: strange })).status).toBe(400);
    expect((await post(signed(inSns({ Records: strange })))).status).toBe(400);
  });

  it('does not believe an envelope of SNS that can not be checked', async () => {
    const { post, told } = server();
    expect((await post(inSns(notification('aws-s3')))).status).toBe(503);
    expect((await post({ ...inSns({}), SigningCertURL: 'https://evil.example/a.pem' })).status).toBe(400);
    expect(told).toEqual([]);
  });
});
