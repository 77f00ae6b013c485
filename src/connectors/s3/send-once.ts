import type { DeleteObjectCommand, DeleteObjectCommandOutput } from '@aws-sdk/client-s3';
import type { callOptions, S3Bucket } from './s3-bucket.js';

/**
 * Sends a DELETE that the SDK does not repeat by itself: what it would delete then, nobody has looked at. `beforehand` runs in the last
 * moment before the request goes out, and throws to keep it from going.
 */
export async function sendOnce(
  bucket: S3Bucket,
  command: DeleteObjectCommand,
  options: ReturnType<typeof callOptions>,
  beforehand: () => void = () => undefined,
): Promise<DeleteObjectCommandOutput> {
  const failures: unknown[] = [];
  command.middlewareStack.add(
    (next) => async (args) => {
      try {
        beforehand();
        return await next(args);
      } catch (error) {
        failures.push(error);
        // An error without status, code or name of the network: the SDK knows no reason to try it again.
        throw new Error('sent once');
      }
    },
    { step: 'finalizeRequest', priority: 'low', name: 'sentOnce' },
  );
  try {
    return await bucket.client.send(command, options);
  } catch (error) {
    throw failures[0] ?? error;
  }
}
