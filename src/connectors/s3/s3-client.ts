import { S3Client } from '@aws-sdk/client-s3';
import { StoreError } from '../../engine/object-store.js';
import { workWatch } from '../work-watch.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** The wait for a connection, in milliseconds. */
const connectTimeout = 5_000;
/** The wait for a response's headers, and for the next byte of a body, in milliseconds. */
export const idleTimeout = 60_000;
/** Few, because Temporal retries the activity, with progress that can be seen. */
const maxAttempts = 3;

/** What goes wrong comes as an error. The SDK's own notes on it would stand beside what a command says. */
const nothing = () => undefined;
const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** Where requests go, for messages: the endpoint set in the environment, or AWS. */
export interface S3Endpoint {
  readonly client: S3Client;
  readonly place: string;
}

/** The endpoint that AWS's own settings name, undefined for AWS itself; throws StoreError when it is not an http(s) URL. */
function endpointFrom(env: Environment): URL | undefined {
  for (const name of ['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL']) {
    const value = env[name];
    if (value === undefined || value === '') continue;
    const url = URL.canParse(value) ? new URL(value) : undefined;
    if (url === undefined || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.password !== '') {
      throw new StoreError('misconfigured', `${name} must be an address like http://host:port or https://host, without user and password`);
    }
    return url;
  }
  return undefined;
}

/** Keys of `env` itself; undefined leaves them to the SDK's provider chain (profile, SSO, web identity, instance role). */
function credentialsFrom(env: Environment) {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = env;
  if (!accessKeyId || !secretAccessKey || env['AWS_PROFILE']) return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}

/**
 * A client from AWS's own settings: AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL, AWS_REGION or AWS_DEFAULT_REGION, and keys
 * from the environment or any provider of the SDK. Connections are kept alive.
 */
export function createS3Client(env: Environment): S3Endpoint {
  const endpoint = endpointFrom(env);
  // Servers other than AWS seldom check the region, but signing needs one.
  const region = env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || (endpoint === undefined ? undefined : 'us-east-1');
  const credentials = credentialsFrom(env);
  const client = new S3Client({
    ...(endpoint === undefined ? {} : { endpoint: endpoint.href, forcePathStyle: true }),
    ...(region === undefined ? {} : { region }),
    ...(credentials === undefined ? {} : { credentials }),
    logger: silent,
    retryMode: 'standard',
    maxAttempts,
    // CRC64 in JavaScript costs more CPU than the scan; reads are checked by length, and many servers lack checksums.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: connectTimeout,
      requestTimeout: idleTimeout,
      throwOnRequestTimeout: true,
      // The SDK's idle timeout would also hit a reader that waits for its consumer; see read-object.ts for the body's own.
      socketTimeout: 0,
    },
  });
  // Inside the SDK's own tries, so that each of them is a sign of life.
  client.middlewareStack.add(
    (next) => async (request) => {
      const work = workWatch();
      work?.sign('a request to the object store');
      const answer = await next(request);
      work?.sign();
      return answer;
    },
    { step: 'deserialize', name: 'strataSignOfLife' },
  );
  return { client, place: endpoint?.origin ?? 'AWS' };
}
