import { isGrpcServiceError, ServiceError, type Client } from '@temporalio/client';
import { explain, type TemporalSettings } from './connect.js';
import { requireSearchAttributes } from './search-attributes.js';

/** gRPC's numbers of what concerns the connection or the login, whatever was asked for. */
const ofConnection: readonly number[] = [4, 7, 14, 16];

/** The error to throw instead of the one with which Temporal refused a request. Its message says what to do, if that is known. */
export async function explainRequest(error: unknown, client: Client, settings: TemporalSettings): Promise<unknown> {
  const cause = error instanceof ServiceError ? error.cause : error;
  if (!isGrpcServiceError(cause)) return error;
  if (ofConnection.includes(cause.code)) return explain(cause, settings);
  // The server's own text names one of them and no remedy.
  return requireSearchAttributes(client).then(
    () => error,
    (lacking: unknown) => lacking,
  );
}
