import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { TableFiles } from '../../connectors/parquet/bucket-sql.js';
import type { Part } from '../../connectors/lake/write-lake.js';
import { runText, type LakeObject } from '../../contracts/lake/manifest.js';
import type { ProcessedManifest } from '../../contracts/lake/processed-manifest.js';
import { sideBySide } from '../../contracts/side-by-side.js';
import type { ObjectStore } from '../../engine/object-store.js';
import type { ProcessedTable } from '../../engine/processed/processed-table.js';
import { StrataError } from '../../engine/strata-error.js';

/** Objects that are brought to this machine side by side. */
const atOnce = 4;

/**
 * Brings the objects that the manifests name of a table to a folder of this machine, each as its manifest says. Throws `misconfigured` for
 * one that is not there, or has other bytes.
 */
export async function bringTable(
  bucket: ObjectStore,
  manifests: readonly ProcessedManifest[],
  table: Pick<ProcessedTable, 'name' | 'columns' | 'key'>,
  folder: string,
  signal?: AbortSignal,
): Promise<TableFiles> {
  const own = join(folder, table.name);
  await mkdir(own, { recursive: true });
  const written = new Set<string>();
  const objects: { readonly object: LakeObject; readonly file: string }[] = [];
  for (const { run, tables } of manifests)
    for (const { columns, objects: parts } of tables.filter(({ name }) => name === table.name)) {
      for (const { name } of columns) written.add(name);
      for (const [part, object] of parts.entries())
        objects.push({ object, file: join(own, `${runText(run)}-${String(part).padStart(5, '0')}.parquet`) });
    }
  await sideBySide(objects, atOnce, ({ object, file }) => bring(bucket, object, file, signal));
  return { columns: table.columns, key: table.key, files: objects.map(({ file }) => file), written };
}

async function bring(bucket: ObjectStore, { key, bytes, sha256 }: LakeObject, file: string, signal?: AbortSignal): Promise<void> {
  const stream = await bucket.open(key, signal);
  if (!stream) throw new StrataError('misconfigured', `${bucket.url} lacks ${key}, which a manifest names. Restore it`);
  const hash = createHash('sha256');
  let size = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback) {
      hash.update(chunk);
      size += chunk.length;
      done(null, chunk);
    },
  });
  // The signal ends the stream, and with it all of it.
  await pipeline(stream, counted, createWriteStream(file));
  if (size !== bytes || hash.digest('hex') !== sha256)
    throw new StrataError(
      'misconfigured',
      `${key} in ${bucket.url} is not the object that its manifest names. Restore the one that Strata wrote there`,
    );
}

/** What a manifest says of a file. */
export async function partOf(file: string, rows: number): Promise<Part> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return { file, rows, bytes: (await stat(file)).size, sha256: hash.digest('hex') };
}
