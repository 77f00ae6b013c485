import { createHash } from 'node:crypto';
import { lastingEtag, type ObjectVersion } from '../../engine/object-store.js';

/** Microseconds since 1970 of an ISO 8601 time in UTC with up to six decimals; 0 of a text that is not a time. */
export function epochMicroseconds(iso: string): bigint {
  const fraction = /\.(\d+)/.exec(iso)?.[1] ?? '';
  const seconds = Math.floor(Date.parse(iso) / 1000);
  return Number.isNaN(seconds) ? 0n : BigInt(seconds) * 1_000_000n + BigInt(fraction.slice(0, 6).padEnd(6, '0'));
}

const earliest = '0001-01-01 00:00:00.000000';
const latest = '9999-12-31 23:59:59.999999';

/**
 * `yyyy-mm-dd hh:mm:ss.ffffff` of an ISO 8601 time in UTC. A time that datetime(6) does not take, as of a file from a broken archive,
 * becomes the nearest one that it does: the exact one is in the identity.
 */
export function sqlDatetime(iso: string): string {
  const microseconds = epochMicroseconds(iso);
  if (microseconds < epochMicroseconds(isoOf(earliest))) return earliest;
  if (microseconds > epochMicroseconds(isoOf(latest))) return latest;
  const fraction = ((microseconds % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const seconds = Number((microseconds - fraction) / 1_000_000n);
  return `${new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')}.${String(fraction).padStart(6, '0')}`;
}

function isoOf(datetime: string): string {
  return `${datetime.replace(' ', 'T')}Z`;
}

/** SHA-256 of what makes a version of an object that version; deliveries of the same identity differ by their generation. */
export function objectIdentity(pipeline: string, feed: string, storeUrl: string, object: ObjectVersion): Buffer {
  const version = object.versionId ?? `${lastingEtag(object.etag)}/${object.size}/${epochMicroseconds(object.lastModified)}`;
  const hash = createHash('sha256');
  for (const part of [pipeline, feed, storeUrl, object.key, version]) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest();
}

/** Sorts deliveries bytewise: last-modified in microseconds, then the key; equal ones go by load id. What is older than 1970 counts as of then. */
export function deliveryOrder(object: ObjectVersion): Buffer {
  return Buffer.concat([timeOf(object), Buffer.from(object.key, 'utf8')]);
}

/** Sorts the objects of a lake by their runs, then by their keys: their times say nothing, for a lake may be a copy. */
export function runOrder(run: number, { key }: Pick<ObjectVersion, 'key'>): Buffer {
  const bytes = Buffer.alloc(runBytes);
  bytes.writeBigUInt64BE(BigInt(run));
  return Buffer.concat([bytes, Buffer.from(key, 'utf8')]);
}

/** The run of such an order. */
export function runOf(order: Buffer): number {
  return Number(order.readBigUInt64BE(0));
}

const runBytes = 8;

/** Clocks of stores may be ahead of the warehouse's by so much. */
const tolerance = 300_000_000n;

/** Whether a time is later than `now`, a datetime of the warehouse, by more than clocks differ: it was set by hand, or by a program. */
export function isInFuture({ lastModified }: Pick<ObjectVersion, 'lastModified'>, now: string): boolean {
  return epochMicroseconds(lastModified) > epochMicroseconds(isoOf(now)) + tolerance;
}

/**
 * The same as of `now`, a datetime of the warehouse: an object of the future counts as delivered now, or it would win over every later delivery
 * until its time has come. Several of them go by their own times, but for the longest keys, which leave room for replays. What belongs to a
 * date goes by that first.
 */
export function deliveryOrderAt(now: string, object: ObjectVersion, partitionDate?: string): Buffer {
  const date = partitionDate === undefined ? Buffer.alloc(0) : dateBytes(partitionDate);
  const own = deliveryOrder(object);
  if (!isInFuture(object, now)) return Buffer.concat([date, own]);
  const counted = timeOf({ lastModified: isoOf(now) });
  const isLong = date.length + own.length + 2 * timeBytes > longestOrder;
  return Buffer.concat([date, counted, isLong ? own.subarray(timeBytes) : own]);
}

/** Year, month and day as one number, which sorts as the dates do. */
function dateBytes(date: string): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(Number(date.replaceAll('-', '')));
  return bytes;
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
const longestOrder = 1_044;
const timeBytes = 8;

function timeOf({ lastModified }: Pick<ObjectVersion, 'lastModified'>): Buffer {
  const time = Buffer.alloc(timeBytes);
  const since1970 = epochMicroseconds(lastModified);
  time.writeBigUInt64BE(since1970 < 0n ? 0n : since1970);
  return time;
}

/** What people are told of an object of which that is true. */
export function futureReason({ lastModified }: ObjectVersion): string {
  return `its time, ${lastModified}, is in the future, so it counts as delivered when it is claimed. Correct the clock of its producer`;
}
