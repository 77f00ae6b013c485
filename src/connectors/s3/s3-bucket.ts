import type { S3Client } from '@aws-sdk/client-s3';
import { idleTimeout } from './s3-client.js';
import type { S3Place } from './s3-errors.js';

/** A bucket, the client that reaches it, and where that is. */
export interface S3Bucket extends S3Place {
  readonly client: S3Client;
}

/**
 * Options of a call with a small answer: ended by `signal`, and when no answer's headers came within `timeout` ms an
 * attempt, or not all of it after three times that.
 */
export function callOptions(signal: AbortSignal | undefined, timeout = idleTimeout) {
  const overall = AbortSignal.timeout(3 * timeout);
  return { abortSignal: signal === undefined ? overall : AbortSignal.any([signal, overall]), requestTimeout: timeout };
}
