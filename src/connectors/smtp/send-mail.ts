import type { Transporter } from 'nodemailer';
import type { Delivery } from '../../engine/alerts/delivery.js';

export interface MailServer {
  /** smtp://user:password@host:port, smtps:// for TLS from the start. */
  readonly url: string;
  readonly from: string;
}

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** Without the angle brackets; the same for every try: mail programs show one of them. */
  readonly messageId: string;
  /** The message that this one answers to, so that the two stand together. */
  readonly inReplyTo?: string | undefined;
}

/** Milliseconds; the library's own are up to ten minutes. */
const timeouts = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000, dnsTimeout: 10_000 };

/** Sends one mail to one address, by a connection of its own: an idle one that is kept loses mail. */
export async function sendMail(server: MailServer, { to, subject, text, messageId, inReplyTo }: Mail): Promise<Delivery> {
  const transport = await open(server);
  const thread = inReplyTo === undefined ? {} : { inReplyTo: `<${inReplyTo}>`, references: [`<${inReplyTo}>`] };
  const headers = { 'Auto-Submitted': 'auto-generated' };
  try {
    await transport.sendMail({ from: server.from, to, subject, text, messageId: `<${messageId}>`, ...thread, headers });
    return { outcome: 'taken' };
  } catch (error) {
    return meaningOf(error, server);
  } finally {
    transport.close();
  }
}

/** Connects and logs in, and sends nothing. */
export async function checkMailServer(server: MailServer): Promise<Delivery> {
  const transport = await open(server);
  try {
    await transport.verify();
    return { outcome: 'taken' };
  } catch (error) {
    return meaningOf(error, server);
  } finally {
    transport.close();
  }
}

/** host:port of the server, without the login. */
export function shownMailServer({ url }: MailServer): string {
  const { host, port } = placeOf(url);
  return `${host}:${port}`;
}

async function open({ url }: MailServer): Promise<Transporter> {
  // Few workers send mail, and each would wait for the library at its start.
  const { createTransport } = await import('nodemailer');
  const { host, port, secure, user, password } = placeOf(url);
  const isOwn = /^(localhost|127\..*|::1)$/.test(host);
  return createTransport({
    ...{ host, port, secure },
    // A password goes over a wire only when nobody can read it there; nothing of this machine goes over one.
    requireTLS: !secure && user !== '' && !isOwn,
    ignoreTLS: !secure && isOwn,
    ...(user === '' ? {} : { auth: { user, pass: password } }),
    ...timeouts,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

function placeOf(url: string): { host: string; port: number; secure: boolean; user: string; password: string } {
  const { protocol, hostname, port, username, password } = new URL(url);
  const secure = protocol === 'smtps:';
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? (secure ? 465 : 587) : Number(port),
    secure,
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
  };
}

/** Codes of the library for what another try may get through. */
const passing = ['ECONNECTION', 'ETIMEDOUT', 'ESOCKET', 'EDNS', 'EPROTOCOL', 'ETLS'];

function meaningOf(error: unknown, server: MailServer): Delivery {
  const { code, responseCode, message } = error as { readonly code?: unknown; readonly responseCode?: unknown; readonly message?: unknown };
  const where = `the mail server ${shownMailServer(server)}`;
  if (typeof responseCode === 'number' && responseCode >= 400 && responseCode < 500)
    return { outcome: 'later', why: `${where} answered ${responseCode}` };
  if (code === 'EAUTH')
    return { outcome: 'never', type: 'denied', why: `${where} refuses the login. Check user and password in STRATA_SMTP_URL` };
  if (typeof responseCode === 'number')
    return {
      outcome: 'never',
      type: 'misconfigured',
      why: `${where} answered ${responseCode}${code === 'EENVELOPE' ? ' to an address. Check STRATA_MAIL_FROM and the receiver' : '. Check what it accepts'}`,
    };
  if (typeof message === 'string' && /certificate/i.test(message))
    return {
      outcome: 'later',
      why: `${where} shows a certificate that is not trusted. NODE_EXTRA_CA_CERTS names that of an authority of your own`,
    };
  if (typeof code === 'string' && passing.includes(code)) return { outcome: 'later', why: `${where} can't be reached (${code})` };
  return { outcome: 'later', why: `${where} took no mail (${typeof code === 'string' ? code : 'no reason was given'})` };
}
