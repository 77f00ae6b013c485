import { z } from 'zod';

/** An object that was put somewhere. Senders encode keys differently, so it may be any of `keys`. */
export interface CreatedObject {
  readonly bucket: string;
  readonly keys: readonly string[];
}

const record = z.object({
  eventName: z.string(),
  s3: z.object({ bucket: z.object({ name: z.string().min(1) }), object: z.object({ key: z.string() }) }),
});
/** AWS to SQS, SNS and Lambda; VersityGW; MinIO, with more beside it. An older VersityGW sends the list alone. */
const records = z.union([
  z.object({ Records: z.array(z.unknown()) }),
  z
    .array(z.unknown())
    .min(1)
    .transform((Records) => ({ Records })),
]);
const eventBridge = z.object({
  source: z.string(),
  'detail-type': z.string(),
  detail: z.object({ bucket: z.object({ name: z.string().min(1) }), object: z.object({ key: z.string() }) }),
});
/** MinIO's outer form; the key begins with the bucket. */
const minio = z.object({ EventName: z.string(), Key: z.string().regex(/^[^/]+\/./s) });
/** What AWS and VersityGW send when notifications are set up. */
const test = z.object({ Event: z.literal('s3:TestEvent') });

/**
 * The objects that an S3 event notification says were created, none for other events; undefined when it is not such a notification. A
 * record that can't be understood does not keep the others from being taken: `noteStrange` hears how many there are.
 */
export function createdObjects(message: unknown, noteStrange: (count: number) => void = () => undefined): CreatedObject[] | undefined {
  if (test.safeParse(message).success) return [];
  const direct = records.safeParse(message);
  if (direct.success) {
    const { Records } = direct.data;
    const understood = Records.flatMap((each) => record.safeParse(each).data ?? []);
    if (understood.length > 0 && understood.length < Records.length) noteStrange(Records.length - understood.length);
    if (understood.length > 0 || Records.length === 0) {
      return understood.flatMap(({ eventName, s3 }) => created(eventName, s3.bucket.name, s3.object.key));
    }
  }
  const bridged = eventBridge.safeParse(message);
  if (bridged.success) {
    const { detail } = bridged.data;
    return bridged.data['detail-type'] === 'Object Created' ? [{ bucket: detail.bucket.name, keys: spellings(detail.object.key) }] : [];
  }
  const outer = minio.safeParse(message);
  if (!outer.success) return undefined;
  const [, bucket = '', key = ''] = /^([^/]+)\/(.*)$/s.exec(outer.data.Key) ?? [];
  return created(outer.data.EventName, bucket, key);
}

function created(eventName: string, bucket: string, key: string): CreatedObject[] {
  return /^(s3:)?ObjectCreated:/.test(eventName) ? [{ bucket, keys: spellings(key) }] : [];
}

/** AWS and MinIO form-encode keys, EventBridge sends them as they are, VersityGW as they stood in the request's path. */
function spellings(key: string): string[] {
  return [...new Set([key, decoded(key), decoded(key.replaceAll('+', ' '))])];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
