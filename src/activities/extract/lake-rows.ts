import { createGunzip } from 'node:zlib';
import { pipeline } from 'node:stream/promises';
import { Writable } from 'node:stream';
import type { LakeColumn, LakeManifest, LakeTable } from '../../contracts/lake/manifest.js';
import { headerOf } from '../../engine/extract/select-rows.js';
import { fieldsOf, RowSplitter } from '../../engine/extract/row-splitter.js';
import { digestOf, RowDigests } from '../../engine/extract/row-digests.js';
import type { ObjectStore } from '../../engine/object-store.js';
import { StrataError } from '../../engine/strata-error.js';

/** What the lake has of a table, as runs of the source wrote it: what people corrected is not what the source has. */
export function tableIn(manifests: readonly LakeManifest[], table: string): LakeTable[] {
  return manifests.flatMap(({ kind, tables }) => (kind === 'corrected' ? [] : tables.filter(({ name }) => name === table)));
}

/** Keys at a time: 16 bytes for each, and as much again for room between them. */
const keysAtOnce = 4_000_000;

/** How often the rows have to be gone through, so that memory does not grow with them. */
export function sharesOf(tables: readonly LakeTable[]): number {
  return Math.max(1, Math.ceil(tables.reduce((sum, { rows }) => sum + rows, 0) / keysAtOnce));
}

/** Which share a key belongs to. */
export function shareOf({ key }: { readonly key: bigint }, shares: number): number {
  return Number((key >> 32n) % BigInt(shares));
}

/**
 * The last state of the keys of one share, as the lake has them. Rows whose object had other columns are as good as absent: they lack what the
 * table has now.
 */
export async function digestsOf(
  lake: ObjectStore,
  tables: readonly LakeTable[],
  of: { readonly columns: readonly LakeColumn[]; readonly key: readonly number[]; readonly share: number; readonly shares: number },
  signal?: AbortSignal,
): Promise<RowDigests> {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const digests = new RowDigests(Math.ceil((rows / of.shares) * 1.2) + 1_000);
  const header = headerOf(of.columns).toString();
  for (const { columns, objects } of tables) {
    const isSame = headerOf(columns).toString() === header;
    // Their keys may stand elsewhere; a row of another form must not hide behind an older one that looks the same.
    const key = of.key.map((index) => columns.findIndex(({ name }) => name === of.columns[index]?.name));
    if (key.includes(-1)) continue;
    for (const object of objects) {
      let isHeader = true;
      await readRows(lake, object.key, signal, (bytes, start, end) => {
        if (isHeader) isHeader = false;
        else {
          const digest = digestOf(fieldsOf(bytes, start, end, key), isSame ? bytes.subarray(start, end) : Buffer.alloc(0));
          if (shareOf(digest, of.shares) === of.share) digests.set(digest);
        }
      });
    }
  }
  return digests;
}

async function readRows(
  lake: ObjectStore,
  key: string,
  signal: AbortSignal | undefined,
  take: (bytes: Buffer, start: number, end: number) => void,
): Promise<void> {
  const stream = await lake.open(key, signal);
  if (!stream) throw new StrataError('misconfigured', `${lake.url} lacks ${key}, which a manifest names. Restore it`);
  const splitter = new RowSplitter(take);
  const rows = new Writable({
    write(piece: Buffer, _encoding, done) {
      splitter.push(piece);
      done();
    },
  });
  await pipeline(stream, createGunzip(), rows, { ...(signal && { signal }) });
  if (!splitter.isAtEnd) throw new StrataError('misconfigured', `${key} in ${lake.url} ends in the middle of a row. Restore it`);
}
