import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { checkReceivers } from '../../../src/connectors/check-receivers.js';
import { deliverAlert } from '../../../src/connectors/deliver-alert.js';
import { retryAfterSeconds } from '../../../src/connectors/http/retry-after.js';
import type { AlertMessage } from '../../../src/contracts/alerts/incidents.js';
import { receiversOfSettings } from '../../../src/engine/alerts/receivers.js';
import { startMailServer, type MailServer } from '../../support/servers/mail-server.js';
import { startWebhookReceiver, type WebhookReceiver } from '../../support/servers/webhook-receiver.js';

const secret = `whsec_${Buffer.from('a secret of at least 24 bytes').toString('base64')}`;
const from = 'Strata <strata@example.com>';
const message: AlertMessage = {
  incident: 'shop/incident/refused/orders/1',
  event: 'began',
  since: '2026-03-01T09:00:00.000Z',
  trouble: {
    ...{ pipeline: 'shop', kind: 'refused', subject: 'orders', feed: 'orders', cause: '7', at: '2026-03-01T09:00:00.000Z' },
    summary: '1 file of orders was refused',
    details: ['load 7: the column <id> is missing & nothing is loaded'],
    commands: ['strata quarantine list shop --feed orders'],
  },
};
const over: AlertMessage = { ...message, event: 'over', end: { how: 'healthy', at: '2026-03-01T10:01:00.000Z' } };

const receiver = (address: string) => receiversOfSettings(['SHOP_ALERTS'], { SHOP_ALERTS: address })[0]!;

describe('mails', () => {
  let server: MailServer;
  const send = (sent: AlertMessage = message) =>
    deliverAlert({ mail: { url: server.url, from }, webhookSecret: undefined }, receiver('ops@example.com'), sent);
  afterEach(() => server.close());

  it('say what is wrong and what to run next, and the end stands in the thread of the begin', async () => {
    server = await startMailServer({ user: 'strata', password: 'pass/word' });
    expect(await send()).toEqual({ outcome: 'taken' });
    expect(await send(over)).toEqual({ outcome: 'taken' });
    const [begun, ended] = server.mails;
    expect(begun).toMatchObject({ to: ['ops@example.com'], headers: { subject: '[strata] shop: 1 file of orders was refused' } });
    expect(begun!.headers['auto-submitted']).toBe('auto-generated');
    expect(begun!.body).toContain('strata quarantine list shop --feed orders');
    expect(begun!.body).toContain('strata alerts close shop/incident/refused/orders');
    expect(ended!.headers.subject).toBe('[strata] Over: shop: 1 file of orders was refused');
    expect(ended!.headers['in-reply-to']).toBe(begun!.headers['message-id']);
    expect(ended!.headers['message-id']).not.toBe(begun!.headers['message-id']);
    expect(ended!.body).toContain('It lasted 1 h 1 min.');
  });

  it('have the same Message-ID at each try', async () => {
    server = await startMailServer();
    await send();
    await send();
    expect(new Set(server.mails.map(({ headers }) => headers['message-id'])).size).toBe(1);
    await send({ ...message, incident: 'shop/incident/refused/orders/2' });
    expect(new Set(server.mails.map(({ headers }) => headers['message-id'])).size).toBe(2);
  });

  it('are sent again later when the server answers 4xx, and not when it answers 5xx', async () => {
    server = await startMailServer();
    server.refuse.message = () => 451;
    expect(await send()).toEqual({ outcome: 'later', why: `the mail server 127.0.0.1:${server.port} answered 451` });
    server.refuse.message = () => 554;
    expect(await send()).toMatchObject({ outcome: 'never', type: 'misconfigured' });
    delete server.refuse.message;
    server.refuse.recipient = () => 550;
    const refused = await send();
    expect(refused).toMatchObject({ outcome: 'never', type: 'misconfigured' });
    expect(JSON.stringify(refused)).not.toContain('ops@');
    server.refuse.recipient = () => 450;
    expect(await send()).toMatchObject({ outcome: 'later' });
    expect(server.mails).toEqual([]);
  });

  it('need a person when the login is refused, and the password is not repeated', async () => {
    server = await startMailServer({ user: 'strata', password: 'right' });
    const url = server.url.replace('right', 'wrong-one');
    const sent = await deliverAlert({ mail: { url, from }, webhookSecret: undefined }, receiver('ops@example.com'), message);
    expect(sent).toMatchObject({ outcome: 'never', type: 'denied' });
    expect(JSON.stringify(sent)).not.toContain('wrong-one');
    const checked = await checkReceivers({ mail: { url, from }, webhookSecret: undefined }, [receiver('ops@example.com')]);
    expect(checked).toEqual([expect.stringContaining('refuses the login')]);
    expect(await checkReceivers({ mail: { url: server.url, from }, webhookSecret: undefined }, [receiver('ops@example.com')])).toEqual([]);
    expect(server.mails).toEqual([]);
  });

  it('wait for a server that is not there, or that says nothing', async () => {
    server = await startMailServer();
    const mute = createServer().listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const { port } = mute.address() as AddressInfo;
    mute.close();
    const sent = await deliverAlert(
      { mail: { url: `smtp://127.0.0.1:${port}`, from }, webhookSecret: undefined },
      receiver('ops@example.com'),
      message,
    );
    expect(sent).toMatchObject({ outcome: 'later' });
  });
});

describe('webhooks', () => {
  let server: WebhookReceiver;
  beforeEach(async () => {
    server = await startWebhookReceiver();
  });
  afterEach(() => server.close());
  const post = (sent: AlertMessage = message, address = server.url) =>
    deliverAlert({ mail: undefined, webhookSecret: secret }, receiver(address), sent);

  it('are signed so that the library of receivers believes them, with one id for all tries of a message', async () => {
    expect(await post()).toEqual({ outcome: 'taken' });
    expect(await post()).toEqual({ outcome: 'taken' });
    expect(await post(over)).toEqual({ outcome: 'taken' });
    const [first, again, end] = server.posts;
    for (const { body, headers } of server.posts) new Webhook(secret).verify(body, headers as Record<string, string>);
    expect(() => new Webhook(secret).verify(first!.body.replace('shop', 'shed'), first!.headers as Record<string, string>)).toThrow();
    expect(again!.headers['webhook-id']).toBe(first!.headers['webhook-id']);
    expect(end!.headers['webhook-id']).not.toBe(first!.headers['webhook-id']);
    expect(JSON.parse(first!.body)).toMatchObject({
      type: 'strata.incident.began',
      text: expect.stringContaining('the column &lt;id&gt; is missing &amp; nothing is loaded') as unknown,
      data: { incident: message.incident, pipeline: 'shop', kind: 'refused', subject: 'orders' },
    });
    expect(JSON.parse(end!.body)).toMatchObject({ type: 'strata.incident.over', data: { how: 'healthy', until: over.end!.at } });
  });

  it('are sent again later after 408, 429 and 5xx, when the receiver says so', async () => {
    const later = async (status: number, headers: Record<string, string> = {}) => {
      server.answer = () => ({ status, headers });
      return post();
    };
    expect(await later(503)).toEqual({ outcome: 'later', why: `127.0.0.1:${server.port} answered 503`, after: undefined });
    expect(await later(429, { 'retry-after': '7' })).toMatchObject({ outcome: 'later', after: 7_000 });
    expect(await later(429, { 'retry-after': '999999999' })).toMatchObject({ after: 86_400_000 });
    // The times of the profile hold: a wait of nothing would post again and again.
    for (const wait of ['0', 'Sun, 01 Mar 2020 08:00:00 GMT'])
      expect((await later(503, { 'retry-after': wait })) as object).not.toMatchObject({ after: expect.anything() as unknown });
    expect(await later(408)).toMatchObject({ outcome: 'later' });
    await server.close();
    // A connection that was kept ends in another way than one that is refused.
    expect(await post()).toMatchObject({ outcome: 'later' });
    expect(await post()).toEqual({ outcome: 'later', why: `127.0.0.1:${server.port} can't be reached (ECONNREFUSED)` });
    expect(await checkReceivers({ mail: undefined, webhookSecret: secret }, [receiver(server.url)])).toEqual([
      `the webhook at 127.0.0.1:${server.port} in SHOP_ALERTS can't be reached (ECONNREFUSED)`,
    ]);
    server = await startWebhookReceiver();
    expect(await checkReceivers({ mail: undefined, webhookSecret: secret }, [receiver(server.url)])).toEqual([]);
    expect(server.posts).toEqual([]);
  });

  it('are given up after any other 4xx and after a redirect, which is not followed; the path stays secret', async () => {
    server.answer = () => ({ status: 410 });
    const gone = await post();
    expect(gone).toMatchObject({ outcome: 'never', type: 'misconfigured', why: expect.stringContaining('answered 410') as unknown });
    expect(JSON.stringify(gone)).not.toContain('/hook');
    server.answer = () => ({ status: 403 });
    expect(await post()).toMatchObject({ outcome: 'never', type: 'denied' });
    const other = await startWebhookReceiver();
    server.answer = () => ({ status: 307, headers: { location: other.url } });
    expect(await post()).toMatchObject({ outcome: 'never', why: expect.stringContaining('a redirect') as unknown });
    expect(other.posts).toEqual([]);
    await other.close();
  });
});

describe('Retry-After', () => {
  it('is seconds or a date of the future, and at least a second', () => {
    const now = Date.parse('2026-03-01T09:00:00Z');
    const seconds = (header?: string) => retryAfterSeconds(new Headers(header === undefined ? {} : { 'retry-after': header }), now);
    for (const none of [undefined, 'soon', '-5', '0', 'Sun, 01 Mar 2026 08:00:00 GMT', 'Sun, 01 Mar 2026 09:00:00 GMT'])
      expect(seconds(none)).toBeUndefined();
    expect(seconds('120')).toBe(120);
    expect(seconds('Sun, 01 Mar 2026 09:00:30 GMT')).toBe(30);
  });
});
