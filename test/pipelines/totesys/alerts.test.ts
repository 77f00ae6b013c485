import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Client } from '@temporalio/client';
import { connectTemporal, temporalSettings } from '../../../src/connectors/temporal/connect.js';
import { listIncidents } from '../../../src/connectors/temporal/incidents/incidents.js';
import { workflowTypes } from '../../../src/contracts/names.js';
import { attributesOf } from '../../../src/contracts/search-attributes.js';
import { startOwnTemporal, type OwnTemporal } from '../../kill/lab/own-temporal.js';
import { startMailServer, type MailServer } from '../../support/servers/mail-server.js';
import { startWebhookReceiver, type WebhookReceiver } from '../../support/servers/webhook-receiver.js';
import { until } from '../../support/until.js';
import { LiveTotesys } from './live.js';

jest.setTimeout(900_000);

let temporal: OwnTemporal;
let mail: MailServer;
let webhook: WebhookReceiver;
let live: LiveTotesys;
let client: Client;
beforeAll(async () => {
  [temporal, mail, webhook] = await Promise.all([startOwnTemporal(), startMailServer(), startWebhookReceiver()]);
  live = await LiveTotesys.open({
    address: temporal.address,
    settings: {
      TOTESYS_ALERTS: `ops@example.com, ${webhook.url}`,
      STRATA_SMTP_URL: mail.url,
      STRATA_MAIL_FROM: 'strata@example.com',
      STRATA_WEBHOOK_SECRET: 'a secret of at least 24 characters',
    },
  });
  client = await connectTemporal(temporalSettings(live.env));
});
afterAll(async () => {
  await client?.connection.close();
  await live?.close();
  await Promise.all([mail.close(), webhook.close()]);
  await temporal.drop();
});

let looks = 0;
/** What the schedule starts each minute. */
const look = () =>
  client.workflow.start(workflowTypes.watch, {
    ...{ taskQueue: 'strata', workflowId: `totesys/alerts-${(looks += 1)}`, args: [{ pipeline: 'totesys' }] },
    typedSearchAttributes: attributesOf({ pipeline: 'totesys' }),
  });

interface Posted {
  readonly type: string;
  readonly data: { readonly summary: string; readonly details: readonly string[] };
}
const posted = (summary: string) =>
  webhook.posts
    .map(({ body, headers }) => ({ ...(JSON.parse(body) as Posted), id: headers['webhook-id'] }))
    .filter(({ data }) => data.summary === summary);
const mailed = (subject: string) => mail.mails.filter(({ headers }) => headers.subject === `[strata] ${subject}`);

test('a table that drifts is told of once, also where Temporal dies during the delivery, and so is its repair', async () => {
  const summary = 'the table design is left out of the extract totesys';
  await live.extract();
  await live.client.query('alter table design rename to designs');
  expect((await live.run('extract', 'totesys')).code).toBe(1);

  let restarted: Promise<void> | undefined;
  webhook.answer = async () => {
    if (restarted) return undefined;
    await temporal.kill();
    restarted = temporal.start();
    return { status: 204 };
  };
  await look();
  await until(() => restarted !== undefined);
  await restarted;
  const told = async () => (await listIncidents(client, 'totesys')).find(({ trouble }) => trouble.kind === 'left_out');
  // The look itself may have died with the server.
  await until(async () => {
    const incident = await told().catch(() => undefined);
    if (!incident) await look().catch(() => undefined);
    return incident?.deliveries.every(({ state }) => state === 'begun') === true;
  });
  expect(posted(summary).map(({ type }) => type)).toEqual(posted(summary).map(() => 'strata.incident.began'));
  expect(new Set(posted(summary).map(({ id }) => id)).size).toBe(1);
  expect(posted(summary)[0]!.data.details.join()).toContain('there is no table design');
  expect(new Set(mailed(`totesys: ${summary}`).map(({ headers }) => headers['message-id'])).size).toBe(1);
  for (const { body } of webhook.posts) expect(body).not.toContain(new URL(live.env.TOTESYS_DATABASE_URL!).password);

  await live.client.query('alter table designs rename to design; alter table staff add column nickname text');
  await live.extract();
  await (await look()).result();
  const added = 'the table staff has 1 new column that no feed names';
  await until(() => mailed(`Over: totesys: ${summary}`).length === 1 && mailed(`totesys: ${added}`).length === 1);
  await until(() => posted(summary).at(-1)?.type === 'strata.incident.over' && posted(added).length === 1);
  expect(posted(added)[0]!.data.details.join()).toContain('nickname (text), since run 3');
});

test('a row of a clock that is ahead is loaded, and is told of until no run finds such rows', async () => {
  const ahead = 'the table staff has 1 row whose time of change is in the future';
  const change = (what: string) => live.client.query(`update staff set ${what} where staff_id = 1`);
  await change("first_name = 'Early', last_updated = timezone('UTC', now()) + interval '1 hour'");
  await live.extract();
  await (await look()).result();
  await until(() => mailed(`totesys: ${ahead}`).length === 1 && posted(ahead).length === 1);
  expect(posted(ahead)[0]).toMatchObject({ type: 'strata.incident.began' });
  expect(posted(ahead)[0]!.data.details.join()).toContain('Check the clock of what writes them');
  await live.expectSame('select first_name from bus.dim_staff where staff_id = 1', 'select first_name from staff where staff_id = 1');
  // What others change meanwhile is not hidden by it.
  await live.client.query("update staff set first_name = 'Later', last_updated = timezone('UTC', now()) where staff_id = 2");
  await live.extract();
  await live.expectSame('select staff_id, first_name from bus.dim_staff', 'select staff_id, first_name from staff');
});
