import type { Delivery } from '../../engine/alerts/delivery.js';
import { retryAfterSeconds } from '../http/retry-after.js';
import { signedHeaders } from './signature.js';

/** Milliseconds for the whole answer. */
const patience = 15_000;
/** Seconds that a receiver may ask for. */
const longestWait = 24 * 3_600;

export interface WebhookMessage {
  readonly url: string;
  readonly secret: string;
  /** Of the delivery: the same for every try. */
  readonly id: string;
  readonly body: string;
  readonly signal?: AbortSignal | undefined;
}

/** Posts a signed JSON document. No redirect is followed: it could lead where the address may not. */
export async function postWebhook({ url, secret, id, body, signal }: WebhookMessage): Promise<Delivery> {
  const { host } = new URL(url);
  const timeout = AbortSignal.timeout(patience);
  const timestamp = Math.floor(Date.now() / 1_000);
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/json', 'user-agent': 'strata', ...signedHeaders({ id, timestamp, body }, secret) },
      body,
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
  } catch (error) {
    signal?.throwIfAborted();
    if (timeout.aborted) return { outcome: 'later', why: `${host} gave no answer within ${patience / 1_000} s` };
    return { outcome: 'later', why: `${host} can't be reached (${causeOf(error)})` };
  }
  await response.body?.cancel();
  return meaningOf(response, host);
}

function meaningOf({ status, headers }: Response, host: string): Delivery {
  if (status >= 200 && status < 300) return { outcome: 'taken' };
  const why = `${host} answered ${status}`;
  if (status === 429 || status === 408 || status >= 500) return { outcome: 'later', why, after: waitOf(headers) };
  if (status < 400) return { outcome: 'never', type: 'misconfigured', why: `${why}, a redirect. Set the address that it leads to` };
  const type = status === 401 || status === 403 ? 'denied' : 'misconfigured';
  return { outcome: 'never', type, why: `${why}. Check the address and what the receiver expects` };
}

/** Milliseconds that the receiver asks for. */
function waitOf(headers: Headers): number | undefined {
  const seconds = retryAfterSeconds(headers);
  return seconds === undefined ? undefined : Math.min(seconds, longestWait) * 1_000;
}

function causeOf(error: unknown): string {
  const { cause } = error as { readonly cause?: { readonly code?: unknown } };
  return typeof cause?.code === 'string' ? cause.code : 'the connection failed';
}
