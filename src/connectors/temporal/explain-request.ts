import { isGrpcServiceError, ServiceError, type Client } from '@temporalio/client';
import { NamespaceNotFoundError } from '@temporalio/common';
import { StrataError } from '../../engine/strata-error.js';
import { explain, type TemporalSettings } from './connect.js';
import { requireSearchAttributes } from './search-attributes.js';

/** gRPC's numbers of what concerns the connection or the login, whatever was asked for. */
const ofConnection: readonly number[] = [4, 7, 14, 16];

/** The error to throw instead of the one with which Temporal refused a request. Its message says what to do, if that is known. */
export async function explainRequest(error: unknown, client: Client, settings: TemporalSettings): Promise<unknown> {
  // It was found when the client connected: the server takes some seconds to know a new one everywhere.
  if (error instanceof NamespaceNotFoundError)
    return new StrataError(
      'unavailable',
      `Temporal at ${settings.address} does not know its namespace ${settings.namespace} yet, as happens in the first seconds of a new one. Run the command again`,
      { cause: error },
    );
  const cause = error instanceof ServiceError ? error.cause : error;
  if (!isGrpcServiceError(cause)) return error;
  if (ofConnection.includes(cause.code)) return explain(cause, settings);
  // The server's own text names one of them and no remedy.
  return requireSearchAttributes(client).then(
    () => error,
    (lacking: unknown) => lacking,
  );
}
