import { createHash } from 'node:crypto';
import type { Export } from '../../engine/exports/export.js';
import type { SqlRow, Statements } from '../../engine/warehouse.js';

/** The file that an export wrote last. */
export interface WrittenFile {
  readonly storeUrl: string;
  readonly key: string;
  /** Checksum of the SQL file that it was made with. */
  readonly checksum: Buffer;
  readonly rowsDigest: Buffer;
  readonly bytes: number;
  readonly etag: string;
}

/** The file that an export wrote last, and when. */
export interface WrittenExport extends WrittenFile {
  readonly martsDigest: Buffer;
  readonly rows: number;
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

/** The written exports of a pipeline, by name. */
export async function writtenExports(statements: Pick<Statements, 'query'>, pipeline: string): Promise<Map<string, WrittenExport>> {
  const rows = await statements.query<ExportRow>(
    `select export, store_url, object_key, checksum, marts_digest, rows_digest, row_count, byte_size, etag, written_at
     from gear.exports where pipeline = ?`,
    [pipeline],
  );
  return new Map(
    rows.map((row) => [
      row.export,
      {
        storeUrl: row.store_url,
        key: row.object_key,
        checksum: row.checksum,
        martsDigest: row.marts_digest,
        rowsDigest: row.rows_digest,
        rows: Number(row.row_count),
        bytes: Number(row.byte_size),
        etag: row.etag,
        writtenAt: row.written_at,
      },
    ]),
  );
}

/** Records what was written. The time stays if `rewritten` is false, because the file had these rows already. */
export async function noteExport(
  statements: Pick<Statements, 'execute'>,
  pipeline: string,
  name: string,
  written: Omit<WrittenExport, 'writtenAt'>,
  rewritten: boolean,
): Promise<void> {
  const { storeUrl, key, checksum, martsDigest, rowsDigest, rows, bytes, etag } = written;
  await statements.execute(
    `insert into gear.exports (pipeline, export, store_url, object_key, checksum, marts_digest, rows_digest, row_count, byte_size, etag,
       written_at, checked_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, utc_timestamp(6), utc_timestamp(6))
     on duplicate key update store_url = values(store_url), object_key = values(object_key), checksum = values(checksum),
       marts_digest = values(marts_digest), rows_digest = values(rows_digest), row_count = values(row_count), byte_size = values(byte_size),
       etag = values(etag), checked_at = utc_timestamp(6)${rewritten ? ', written_at = utc_timestamp(6)' : ''}`,
    [pipeline, name, storeUrl, key, checksum, martsDigest, rowsDigest, rows, bytes, etag],
  );
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
