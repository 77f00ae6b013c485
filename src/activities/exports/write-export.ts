import { counted, grouped } from '../../contracts/format-numbers.js';
import type { ExportResult } from '../../contracts/outputs.js';
import type { Export } from '../../engine/exports/export.js';
import type { ObjectStore } from '../../engine/object-store.js';
import type { Warehouse } from '../../engine/warehouse.js';
import { holdExport, martsDigests, noteExport } from '../../gear/outputs/exports.js';
import type { ActivityScope } from '../run-activity.js';
import { requireHeld, whileHeld } from './while-held.js';
import { writeFile } from './write-file.js';

export interface ExportWork {
  readonly warehouse: Warehouse;
  readonly pipeline: string;
  readonly export: Export;
  readonly store: ObjectStore;
  /** Writes the file also where it has these rows already. */
  readonly force: boolean;
  /** Milliseconds between two signs that the lock is held. */
  readonly holdInterval?: number;
}

/**
 * Writes the files of an export where its rows differ from the last time, and notes how far its marts were before. It locks its row in
 * gear.exports, so a second writer of the same export waits for the first.
 */
export async function writeExport({ holdInterval, ...work }: ExportWork, scope: ActivityScope): Promise<ExportResult> {
  const { warehouse, pipeline, export: each } = work;
  const onRows = (count: number) => scope.report({ phase: 'exports', subject: each.name, message: counted(count, 'row'), rows: count });
  const onPart = (done: number, parts: number) =>
    scope.report({ phase: 'exports', subject: each.name, message: `${grouped(done)} of ${counted(parts, 'part')} uploaded` });
  return warehouse.transaction(
    async (transaction) => {
      const before = await holdExport(transaction, pipeline, each.name);
      const martsDigest = (await martsDigests(warehouse, pipeline, [each])).get(each.name) ?? Buffer.alloc(32);
      const of = { ...work, date: null, before, onRows, onPart, beforePut: () => requireHeld(transaction) };
      const { file, rows, parts, changed } = await whileHeld(transaction, (signal) => writeFile(of, signal), scope.signal, holdInterval);
      await noteExport(transaction, pipeline, each.name, { ...file, martsDigest, rows }, changed);
      return { key: file.key, rows, bytes: file.bytes, parts, changed };
    },
    { signal: scope.signal },
  );
}
