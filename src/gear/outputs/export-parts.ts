import { createHash } from 'node:crypto';
import type { SqlRow, Statements } from '../../engine/warehouse.js';

/** A file as it was put in place. */
export interface PutFile {
  readonly bytes: number;
  readonly etag: string;
  /** SHA-256 of its bytes; null of one that an earlier version of Strata wrote. */
  readonly digest: Buffer | null;
}

/** A file that is to be put in place. */
export interface NextFile {
  readonly bytes: number;
  readonly digest: Buffer;
}

/** What is known of the file with one number at the place of an export. */
export interface ExportPart {
  readonly part: number;
  readonly key: string;
  /** What was put there last; null where nothing of Strata's is known to be there. */
  readonly put: PutFile | null;
  /** What a worker was putting there when it died, and may have put. */
  readonly next: NextFile | null;
  /** A worker replaces the files of the place, or died while it did so. */
  readonly isChanging: boolean;
}

/** Whose files are at a place. */
export interface PlaceOwner {
  readonly pipeline: string;
  readonly export: string;
  /** Of an export by date. */
  readonly date: string | null;
}

interface PartRow extends SqlRow {
  part: number;
  object_key: string;
  byte_size: number | string | null;
  etag: string | null;
  content_digest: Buffer | null;
  next_size: number | string | null;
  next_digest: Buffer | null;
  is_changing: number;
}

/** Where an export writes, by the address and the key of its part 0. */
export function placeOf(storeUrl: string, firstKey: string): Buffer {
  return createHash('sha256').update(`${storeUrl}\n${firstKey}`).digest();
}

/** The files of a place by their numbers. */
export async function partsAt(statements: Pick<Statements, 'query'>, place: Buffer): Promise<readonly ExportPart[]> {
  const rows = await statements.query<PartRow>(
    `select part, object_key, byte_size, etag, content_digest, next_size, next_digest, is_changing
     from gear.export_parts where place = ? order by part`,
    [place],
  );
  return rows.map(({ part, object_key, byte_size, etag, content_digest, next_size, next_digest, is_changing }) => ({
    part: Number(part),
    key: object_key,
    put: byte_size === null || etag === null ? null : { bytes: Number(byte_size), etag, digest: content_digest },
    next: next_size === null || next_digest === null ? null : { bytes: Number(next_size), digest: next_digest },
    isChanging: Number(is_changing) === 1,
  }));
}

/** Notes what is going to be put in place or removed: from here on the place counts as changing until `notePlace`. */
export async function announceParts(
  statements: Pick<Statements, 'execute'>,
  place: Buffer,
  { pipeline, export: name, date }: PlaceOwner,
  parts: readonly ExportPart[],
): Promise<void> {
  const inOneStatement = 500;
  for (let first = 0; first < parts.length; first += inOneStatement) {
    const some = parts.slice(first, first + inOneStatement);
    await statements.execute(
      `insert into gear.export_parts (place, part, pipeline, export, partition_date, object_key, byte_size, etag, content_digest, next_size,
         next_digest, is_changing)
       values ${some.map(() => '(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, true)').join(', ')}
       on duplicate key update pipeline = values(pipeline), export = values(export), partition_date = values(partition_date),
         object_key = values(object_key), byte_size = values(byte_size), etag = values(etag), content_digest = values(content_digest),
         next_size = values(next_size), next_digest = values(next_digest), is_changing = true`,
      some.flatMap(({ part, key, put, next }) => [
        ...[place, part, pipeline, name, date, key],
        ...[put?.bytes ?? null, put?.etag ?? null, put?.digest ?? null, next?.bytes ?? null, next?.digest ?? null],
      ]),
    );
  }
}

/** Notes that a file is in place. */
export async function notePut(statements: Pick<Statements, 'execute'>, place: Buffer, part: number, put: PutFile): Promise<void> {
  await statements.execute(
    `update gear.export_parts set byte_size = ?, etag = ?, content_digest = ?, next_size = null, next_digest = null
     where place = ? and part = ?`,
    [put.bytes, put.etag, put.digest, place, part],
  );
}

/** Notes that a file of a former version is gone, or is somebody else's. */
export async function forgetPart(statements: Pick<Statements, 'execute'>, place: Buffer, part: number): Promise<void> {
  await statements.execute('delete from gear.export_parts where place = ? and part = ?', [place, part]);
}

/** Notes that the files of the place are all of one version. It belongs into the transaction that notes the version. */
export async function notePlace(statements: Pick<Statements, 'execute'>, place: Buffer): Promise<void> {
  await statements.execute('update gear.export_parts set is_changing = false where place = ? and is_changing', [place]);
}

/** Places of the pipeline whose files are being replaced, or were when a worker died; in hexadecimal digits. */
export async function changingPlaces(statements: Pick<Statements, 'query'>, pipeline: string): Promise<ReadonlySet<string>> {
  const rows = await statements.query<{ place: Buffer }>(
    'select distinct place from gear.export_parts where pipeline = ? and is_changing = true',
    [pipeline],
  );
  return new Set(rows.map(({ place }) => place.toString('hex')));
}

/** How many files there are at each of these places, by the digits of the place. */
export async function placesOf(statements: Pick<Statements, 'query'>, places: readonly Buffer[]): Promise<ReadonlyMap<string, number>> {
  if (places.length === 0) return new Map();
  const rows = await statements.query<{ place: Buffer; parts: number | string }>(
    `select place, count(*) as parts from gear.export_parts where place in (${places.map(() => '?').join(', ')}) group by place`,
    [...places],
  );
  return new Map(rows.map(({ place, parts }) => [place.toString('hex'), Number(parts)]));
}
