import { once } from 'node:events';
import { connect as connectPlainly } from 'node:net';
import { connect as connectByTls } from 'node:tls';
import type { AddressedReceiver } from '../engine/alerts/receivers.js';
import type { AlertSenders } from './deliver-alert.js';
import { checkMailServer } from './smtp/send-mail.js';

/** Milliseconds for a connection. */
const patience = 10_000;

/** What keeps messages from receivers, in words without addresses: a login at the mail server, a connection to each webhook; nothing is sent. */
export async function checkReceivers({ mail, webhookSecret }: AlertSenders, receivers: readonly AddressedReceiver[]): Promise<string[]> {
  const problems: string[] = [];
  if (mail && receivers.some(({ kind }) => kind === 'mail')) {
    const answer = await checkMailServer(mail);
    if (answer.outcome !== 'taken') problems.push(answer.why);
  }
  const webhooks = receivers.filter(({ kind }) => kind === 'webhook');
  if (webhooks.length > 0 && webhookSecret === undefined) problems.push('STRATA_WEBHOOK_SECRET is not set');
  const checked = await Promise.all(webhooks.map(unreachable));
  return [...problems, ...checked.filter((problem) => problem !== undefined)];
}

async function unreachable({ address, setting }: AddressedReceiver): Promise<string | undefined> {
  const { protocol, hostname, port, host } = new URL(address);
  const isTls = protocol === 'https:';
  const to = { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: port === '' ? (isTls ? 443 : 80) : Number(port) };
  const signal = AbortSignal.timeout(patience);
  const socket = isTls ? connectByTls({ ...to, servername: to.host }) : connectPlainly(to);
  try {
    await once(socket, isTls ? 'secureConnect' : 'connect', { signal });
    return undefined;
  } catch (error) {
    const code = (error as { readonly code?: unknown }).code;
    const reason = signal.aborted ? `no answer within ${patience / 1_000} s` : typeof code === 'string' ? code : 'the connection failed';
    return `the webhook at ${host} in ${setting} can't be reached (${reason})`;
  } finally {
    socket.destroy();
  }
}
