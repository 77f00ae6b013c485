import { createHash, timingSafeEqual } from 'node:crypto';
import { isIPv4 } from 'node:net';
import type { HonoRequest } from 'hono';

/** Whether the request presents the token, as a bearer token or, from gateways that can't set a header, in the address. */
export function presentsToken(request: HonoRequest, token: string): boolean {
  const [, bearer] = /^Bearer (.+)$/i.exec(request.header('Authorization') ?? '') ?? [];
  return isSame(bearer ?? request.query('token') ?? '', token);
}

export interface Refusal {
  readonly status: 403 | 415;
  readonly text: string;
}

/**
 * Why a request without a token does not come from a program of this machine: a web page in a browser here can send requests to it as
 * well, under a name of its own that leads here (DNS rebinding), or from its own origin. Undefined when it does.
 */
export function notFromHere(request: HonoRequest): Refusal | undefined {
  const refusal = askedFromElsewhere(request);
  if (refusal) return refusal;
  if (!/^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(request.header('Content-Type') ?? '')) {
    return { status: 415, text: 'without STRATA_EVENTS_TOKEN, the content type must be application/json. Send it, or set the token' };
  }
  return undefined;
}

/** The same for a request that changes nothing: its content type says nothing. */
export function askedFromElsewhere(request: HonoRequest): Refusal | undefined {
  const { hostname, origin } = new URL(request.url);
  const host = request.header('Host');
  if (!isThisMachine(hostname) || (host !== undefined && !isThisMachine(hostOf(host)))) {
    return {
      status: 403,
      text: 'without STRATA_EVENTS_TOKEN, requests must go to this machine by its own name. Set the token, or send them to 127.0.0.1',
    };
  }
  const from = request.header('Origin');
  if (from !== undefined && from !== origin)
    return { status: 403, text: 'without STRATA_EVENTS_TOKEN, requests of web pages are refused. Set the token' };
  return undefined;
}

function hostOf(host: string): string {
  return URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '';
}

/** Whether a name or address is this machine's own, and nobody else's. */
export function isThisMachine(host: string): boolean {
  const bare = host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
  return bare === 'localhost' || bare === '::1' || (isIPv4(bare) && bare.startsWith('127.'));
}

/** Takes as long for any token of any length. */
function isSame(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
