import { types } from 'node:util';
import { ObjectChangedError, StoreError, TakenAwayError } from '../../engine/object-store.js';

/** What an error of the SDK says, whether its body could be parsed or not (a HEAD has none). */
interface S3Failure {
  readonly name: string;
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly message: string;
}

function failureOf(error: unknown): S3Failure {
  // Not instanceof: errors of Node's own modules may come from another realm.
  if (!types.isNativeError(error)) return { name: 'unknown', status: undefined, code: undefined, message: String(error) };
  const { $metadata, code } = error as Error & { $metadata?: { httpStatusCode?: number }; code?: unknown };
  // A refused connection to a name with two addresses has a code and no message.
  const message = error.message || error.name;
  return { name: error.name, status: $metadata?.httpStatusCode, code: typeof code === 'string' ? code : undefined, message };
}

/** The HTTP status of an answer of the server; undefined when there was none. */
export function statusOf(error: unknown): number | undefined {
  return failureOf(error).status;
}

/**
 * 404 for the object. Not every 404: a missing bucket, and on some servers an unknown access key, are told by name. A HEAD
 * has no body and so no name; see headObject.
 */
export function isMissing(error: unknown): boolean {
  const { name, status } = failureOf(error);
  return status === 404 && ['NoSuchKey', 'NotFound', 'NoSuchVersion'].includes(name);
}

const wrongKeys = [
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'InvalidToken',
  'ExpiredToken',
  'TokenRefreshRequired',
  'InvalidSecurity',
  // VersityGW's InvalidAccessKeyId, with status 404.
  'XAdminUserNotFound',
];
const wrongRegion = ['PermanentRedirect', 'AuthorizationHeaderMalformed', 'IllegalLocationConstraintException', 'IncorrectEndpoint'];
const tryAgain = [
  'SlowDown',
  'Throttling',
  'RequestTimeout',
  'ConditionalRequestConflict',
  'OperationAborted',
  'TimeoutError',
  'AbortError',
];
const wrongCertificate = /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(GET|VERIFY)_|ERR_TLS_|ERR_SSL_|EPROTO$)/;

/** Where the request went, for messages. */
export interface S3Place {
  readonly bucket: string;
  readonly place: string;
}

/**
 * What went wrong and which setting fixes it, as a StoreError that never holds keys; errors of this project pass through.
 * `doing` completes "... failed": an infinitive such as "listing".
 */
export function toStoreError(error: unknown, { bucket, place }: S3Place, doing: string): Error {
  if (error instanceof StoreError || error instanceof ObjectChangedError || error instanceof RangeError) return error;
  const { name, status, code, message } = failureOf(error);
  const where = `bucket ${JSON.stringify(bucket)} at ${place}`;
  if (name === 'NoSuchUpload') return new TakenAwayError(`${doing} in ${where}`, { cause: error });
  const make = (kind: StoreError['kind'], text: string) => new StoreError(kind, text, { cause: error });
  if (name === 'NoSuchBucket') {
    return make('no-such-bucket', `${where} does not exist: create it, or correct the store's address or AWS_ENDPOINT_URL_S3`);
  }
  if (name === 'CredentialsProviderError') {
    return make(
      'misconfigured',
      `no credentials for ${where}: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE or an instance role`,
    );
  }
  if (message === 'Region is missing') return make('misconfigured', `no region for ${where}: set AWS_REGION`);
  if (name === 'RequestTimeTooSkewed')
    return make('misconfigured', `the clock of this machine differs from that of ${place}: set it right`);
  if (wrongKeys.includes(name)) {
    return make('denied', `${place} refused the keys (${name}): check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN`);
  }
  if (name === 'InvalidObjectState') return make('denied', `${doing} in ${where} failed, because the object is archived. Restore it first`);
  if (wrongRegion.includes(name) || status === 301 || status === 307) {
    return make('misconfigured', `${where} is in another region: set AWS_REGION to the bucket's region`);
  }
  if (status === 401 || status === 403) {
    return make(
      'denied',
      `${doing} in ${where} was denied (${name}): check the keys, and that they may list the bucket, and get, put and delete its objects`,
    );
  }
  if (status === undefined && code !== undefined && wrongCertificate.test(code)) {
    return make('misconfigured', `no secure connection to ${place} (${code}): check AWS_ENDPOINT_URL_S3 and NODE_EXTRA_CA_CERTS`);
  }
  if (tryAgain.includes(name) || status === 429 || (status !== undefined && status >= 500 && status !== 501)) {
    return make('unavailable', `${doing} in ${where} failed: ${name === 'AbortError' ? 'no answer in time' : `${name}: ${message}`}`);
  }
  if (status === undefined) {
    return make('unavailable', `${place} can't be reached (${code ?? message}): check that it runs and AWS_ENDPOINT_URL_S3`);
  }
  return make(
    'misconfigured',
    `${doing} in ${where} failed with status ${status}: ${name}: ${message}. Is AWS_ENDPOINT_URL_S3 an S3 server?`,
  );
}
