import { createHash } from 'node:crypto';
import type { Export } from '../../engine/exports/export.js';
import type { SqlRow, Statements, Transaction } from '../../engine/warehouse.js';
import { changingPlaces, notePlace, placeOf } from './export-parts.js';

/** The file that an export wrote last, or its parts. */
export interface WrittenFile {
  readonly storeUrl: string;
  /** Of part 0. */
  readonly key: string;
  /** Checksum of the SQL file that it was made with. */
  readonly checksum: Buffer;
  readonly rowsDigest: Buffer;
  /** Of all parts. */
  readonly bytes: number;
  /** Of part 0. */
  readonly etag: string;
}

/** The file that an export wrote last, and when. */
export interface WrittenExport extends WrittenFile {
  readonly martsDigest: Buffer;
  readonly rows: number;
  /** True: files are being replaced, or were when a worker died. */
  readonly isChanging: boolean;
  /** `yyyy-mm-dd hh:mm:ss.ffffff`, UTC. */
  readonly writtenAt: string;
}

interface ExportRow extends SqlRow {
  export: string;
  store_url: string;
  object_key: string;
  checksum: Buffer;
  marts_digest: Buffer;
  rows_digest: Buffer;
  row_count: number;
  byte_size: number;
  etag: string;
  written_at: string;
}

const columns = 'export, store_url, object_key, checksum, marts_digest, rows_digest, row_count, byte_size, etag, written_at';
/** The checksum of a row that was only locked, and never written. */
const nothing = Buffer.alloc(32);

/** The written exports of a pipeline, by name. */
export async function writtenExports(statements: Pick<Statements, 'query'>, pipeline: string): Promise<Map<string, WrittenExport>> {
  const rows = await statements.query<ExportRow>(`select ${columns} from gear.exports where pipeline = ?`, [pipeline]);
  const changing = await changingPlaces(statements, pipeline);
  return new Map(rows.map((row) => [row.export, writtenOf(row, changing)]));
}

function writtenOf(row: ExportRow, changing: ReadonlySet<string>): WrittenExport {
  return {
    storeUrl: row.store_url,
    key: row.object_key,
    checksum: row.checksum,
    martsDigest: row.marts_digest,
    rowsDigest: row.rows_digest,
    rows: Number(row.row_count),
    bytes: Number(row.byte_size),
    etag: row.etag,
    isChanging: changing.has(placeOf(row.store_url, row.object_key).toString('hex')),
    writtenAt: row.written_at,
  };
}

/**
 * Locks an export until the transaction ends, and returns what was written before. Undefined if nothing was. Another writer waits, and then
 * sees what this one has written.
 */
export async function holdExport(transaction: Transaction, pipeline: string, name: string): Promise<WrittenExport | undefined> {
  await transaction.execute(
    `insert into gear.exports (pipeline, export, store_url, object_key, checksum, marts_digest, rows_digest, row_count, byte_size, etag,
       written_at, checked_at)
     values (?, ?, '', '', ?, ?, ?, 0, 0, '', utc_timestamp(6), utc_timestamp(6)) on duplicate key update pipeline = ?`,
    [pipeline, name, nothing, nothing, nothing, pipeline],
  );
  const [row] = await transaction.query<ExportRow>(`select ${columns} from gear.exports where pipeline = ? and export = ? for update`, [
    pipeline,
    name,
  ]);
  return row === undefined || row.checksum.equals(nothing) ? undefined : writtenOf(row, await changingPlaces(transaction, pipeline));
}

/** Records what was written in the locked row. The time stays if `rewritten` is false, because the file had these rows already. */
export async function noteExport(
  transaction: Transaction,
  pipeline: string,
  name: string,
  written: Omit<WrittenExport, 'writtenAt' | 'isChanging'>,
  rewritten: boolean,
): Promise<void> {
  const { storeUrl, key, checksum, martsDigest, rowsDigest, rows, bytes, etag } = written;
  await transaction.execute(
    `update gear.exports set store_url = ?, object_key = ?, checksum = ?, marts_digest = ?, rows_digest = ?, row_count = ?, byte_size = ?,
       etag = ?, checked_at = utc_timestamp(6)${rewritten ? ', written_at = utc_timestamp(6)' : ''}
     where pipeline = ? and export = ?`,
    [storeUrl, key, checksum, martsDigest, rowsDigest, rows, bytes, etag, pipeline, name],
  );
  await notePlace(transaction, placeOf(storeUrl, key));
}

/**
 * A digest of the state of the marts that each export reads. Another digest means that the rows may have changed. Read it before the rows:
 * they may then be newer than the digest, and at worst an export is computed once more.
 */
export async function martsDigests(
  statements: Pick<Statements, 'query'>,
  pipeline: string,
  exports: readonly Export[],
): Promise<ReadonlyMap<string, Buffer>> {
  const rows = await statements.query<{ target: string; checksum: Buffer; feed: string | null; batch_number: number | string | null }>(
    `select m.target, m.checksum, w.feed, w.batch_number from gear.marts m
     left join gear.mart_watermarks w on w.target = m.target
     where m.pipeline = ?
     order by m.target, w.feed`,
    [pipeline],
  );
  const states = rows.map(({ target, checksum, feed, batch_number }) => ({
    target,
    text: `${target} ${checksum.toString('hex')} ${feed} ${batch_number}`,
  }));
  return new Map(
    exports.map(({ name, after }) => {
      const texts = states.filter(({ target }) => after.includes(target)).map(({ text }) => text);
      return [name, createHash('sha256').update(texts.join('\n')).digest()];
    }),
  );
}
