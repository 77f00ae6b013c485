import { codeOf } from '../../engine/system-errors.js';
import { workWatch } from '../work-watch.js';
import { HttpError } from './http-error.js';
import { retryAfterSeconds } from './retry-after.js';

/** Bounds of one request; milliseconds and bytes. */
export interface AskLimits {
  readonly time: number;
  readonly bytes: number;
}

export const askLimits: AskLimits = { time: 30_000, bytes: 16 << 20 };

export interface Asked {
  /** It may hold secrets, and is in no message. */
  readonly address: URL;
  readonly token?: string | undefined;
  /** The setting that holds the address, for messages. */
  readonly setting: string;
  /** What is asked for, for messages, such as `GBP of 2026-03-01`. */
  readonly what: string;
}

/** The bytes of an answer as they came, with the server's time; `none`: the server has nothing there (404 or 204). */
export type Answer = { readonly kind: 'answer'; readonly bytes: Buffer; readonly date: Date | undefined } | { readonly kind: 'none' };

const wrongCertificate = /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(GET|VERIFY)_|ERR_TLS_|ERR_SSL_|EPROTO$)/;
const typeOfJson = /^(application|text)\/([\w.+-]*\+)?json$/i;

/** One GET request. Redirects are not followed: they could take secrets to another host. Throws HttpError. */
export async function ask(asked: Asked, signal: AbortSignal, limits = askLimits): Promise<Answer> {
  const time = AbortSignal.timeout(limits.time);
  let response: Response | undefined;
  try {
    response = await fetch(withoutLogin(asked.address), {
      headers: headersOf(asked),
      redirect: 'manual',
      signal: AbortSignal.any([signal, time]),
    });
    return await answerOf(asked, response, limits);
  } catch (error) {
    // An answer that is not read to its end would hold its connection.
    await response?.body?.cancel().catch(() => undefined);
    signal.throwIfAborted();
    if (error instanceof HttpError) throw error;
    throw connectionError(asked, error, time.aborted ? limits.time : undefined);
  }
}

function withoutLogin(address: URL): URL {
  const bare = new URL(address);
  bare.username = bare.password = '';
  return bare;
}

function headersOf({ address: { username, password }, token }: Asked): Record<string, string> {
  const login = `${decoded(username)}:${decoded(password)}`;
  return {
    accept: 'application/json',
    // What is kept is what was sent.
    'accept-encoding': 'identity',
    'user-agent': 'strata',
    ...(login !== ':' && { authorization: `Basic ${Buffer.from(login).toString('base64')}` }),
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function answerOf(asked: Asked, response: Response, limits: AskLimits): Promise<Answer> {
  const { status, headers } = response;
  if (status === 404 || status === 204) {
    await response.body?.cancel();
    return { kind: 'none' };
  }
  if (status !== 200) throw refusal(asked, response);
  const [type = ''] = (headers.get('content-type') ?? '').split(';');
  if (!typeOfJson.test(type.trim()))
    throw requestError(
      asked,
      `the answer is no JSON by its content type. Check ${asked.setting}: it may be the address of a page for people`,
    );
  return { kind: 'answer', bytes: await bytesOf(asked, response, limits.bytes), date: dateOf(headers) };
}

function dateOf(headers: Headers): Date | undefined {
  const time = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(time) ? undefined : new Date(time);
}

async function bytesOf(asked: Asked, { body, headers }: Response, most: number): Promise<Buffer> {
  const tooLarge = () => requestError(asked, `the answer is larger than ${most >> 20} MiB, and is not read`);
  if (Number(headers.get('content-length') ?? 0) > most) throw tooLarge();
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body ?? []) {
    const bytes = part as Uint8Array;
    workWatch()?.sign('reading an answer', bytes.length);
    size += bytes.length;
    if (size > most) throw tooLarge();
    parts.push(bytes);
  }
  return Buffer.concat(parts);
}

function refusal({ setting, what }: Asked, { status, headers }: Response): HttpError {
  const said = `asking for ${what}: the server answered ${status}`;
  if (status >= 300 && status < 400)
    return new HttpError(
      'misconfigured',
      `${said}, which sends on to ${hostOf(headers)}. Set ${setting} to the address where it ends`,
      'always',
    );
  if (status === 401 || status === 403)
    return new HttpError(
      'denied',
      `${said}: it does not accept the account or key. Correct ${setting}, and the token where there is one`,
      'always',
    );
  if (status === 408 || status === 425 || status === 429 || status >= 500)
    return new HttpError('unavailable', `${said}. It is asked again`, 'for now', { waitSeconds: retryAfterSeconds(headers) });
  return new HttpError('definition', `${said}. Check the path in the definition, and ${setting}`, 'request');
}

/** The host alone: the rest of an address may hold secrets. */
function hostOf(headers: Headers): string {
  const target = headers.get('location') ?? '';
  return URL.canParse(target) ? new URL(target).host : 'another place of the same server';
}

function requestError({ what }: Asked, problem: string): HttpError {
  return new HttpError('definition', `asking for ${what}: ${problem}`, 'request');
}

/** fetch hides what happened in causes. */
function connectionError({ setting, what }: Asked, error: unknown, late: number | undefined): HttpError {
  const codes: string[] = [];
  for (let at = error; typeof at === 'object' && at !== null && codes.length < 5; at = (at as { cause?: unknown }).cause)
    codes.push(codeOf(at) ?? '');
  const code = codes.find((each) => each !== '') ?? '';
  const shown = code === '' ? '' : ` (${code})`;
  const doing = `asking for ${what}`;
  if (codes.some((each) => wrongCertificate.test(each)))
    return new HttpError(
      'misconfigured',
      `${doing}: the server's certificate is not trusted${shown}. Check ${setting}. A certificate of your own authority is trusted where NODE_EXTRA_CA_CERTS of the worker names its file`,
      'always',
      { cause: error },
    );
  const text =
    late === undefined
      ? `the server can not be reached, or the connection broke off${shown}. Check that the server in ${setting} runs`
      : `the server did not answer within ${late / 1_000} s`;
  return new HttpError('unavailable', `${doing}: ${text}`, 'for now', { cause: error });
}
