import { createHash } from 'node:crypto';
import type { ObjectVersion } from '../engine/object-store.js';

/** Microseconds since 1970 of an ISO 8601 time in UTC with up to six decimals. */
export function epochMicroseconds(iso: string): bigint {
  const fraction = /\.(\d+)/.exec(iso)?.[1] ?? '';
  const seconds = BigInt(Math.floor(Date.parse(iso) / 1000));
  return seconds * 1_000_000n + BigInt(fraction.slice(0, 6).padEnd(6, '0'));
}

/** `yyyy-mm-dd hh:mm:ss.ffffff` of an ISO 8601 time in UTC. */
export function sqlDatetime(iso: string): string {
  const fraction = /\.(\d+)/.exec(iso)?.[1] ?? '';
  return `${new Date(Date.parse(iso)).toISOString().slice(0, 19).replace('T', ' ')}.${fraction.slice(0, 6).padEnd(6, '0')}`;
}

/** SHA-256 of what makes a version of an object that version; deliveries of the same identity differ by their generation. */
export function objectIdentity(pipeline: string, feed: string, storeUrl: string, object: ObjectVersion): Buffer {
  const version = object.versionId ?? `${object.etag}/${object.size}/${epochMicroseconds(object.lastModified)}`;
  const hash = createHash('sha256');
  for (const part of [pipeline, feed, storeUrl, object.key, version]) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest();
}

/** Sorts deliveries bytewise: last-modified in microseconds, then the key; equal ones go by load id. What is older than 1970 counts as of then. */
export function deliveryOrder(object: ObjectVersion): Buffer {
  return Buffer.concat([timeOf(object), Buffer.from(object.key, 'utf8')]);
}

/**
 * Right behind the delivery that it replays, and before the next one; several by their own times. Where that grows too long, replays of
 * replays of long keys, whole times make room: half of one would sort anyhow.
 */
export function replayedOrder(replayed: Buffer, object: ObjectVersion): Buffer {
  const excess = Math.max(0, replayed.length + timeBytes - longestOrder);
  const kept = replayed.length - timeBytes * Math.ceil(excess / timeBytes);
  return Buffer.concat([replayed.subarray(0, kept), timeOf(object)]);
}

/** Bytes of gear.loads.delivery_order. */
const longestOrder = 1_040;
const timeBytes = 8;

function timeOf({ lastModified }: ObjectVersion): Buffer {
  const time = Buffer.alloc(timeBytes);
  const since1970 = epochMicroseconds(lastModified);
  time.writeBigUInt64BE(since1970 < 0n ? 0n : since1970);
  return time;
}
