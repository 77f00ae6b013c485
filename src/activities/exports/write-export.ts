import { counted } from '../../contracts/format-numbers.js';
import type { ExportResult } from '../../contracts/outputs.js';
import type { Export } from '../../engine/exports/export.js';
import type { ObjectStore } from '../../engine/object-store.js';
import type { Warehouse } from '../../engine/warehouse.js';
import { martsDigests, noteExport, writtenExports } from '../../gear/outputs/exports.js';
import type { ActivityScope } from '../run-activity.js';
import { writeFile } from './write-file.js';

export interface ExportWork {
  readonly warehouse: Warehouse;
  readonly pipeline: string;
  readonly export: Export;
  readonly store: ObjectStore;
  /** Writes the file also where it has these rows already. */
  readonly force: boolean;
}

/** Writes the file of an export where its rows differ from the last time, and notes how far its marts were before. */
export async function writeExport(work: ExportWork, scope: ActivityScope): Promise<ExportResult> {
  const { warehouse, pipeline, export: each } = work;
  const martsDigest = (await martsDigests(warehouse, pipeline, [each])).get(each.name) ?? Buffer.alloc(32);
  const before = (await writtenExports(warehouse, pipeline)).get(each.name);
  const { file, rows, changed } = await writeFile(
    {
      ...work,
      before,
      onRows: (count) => scope.report({ phase: 'exports', subject: each.name, message: counted(count, 'row'), rows: count }),
    },
    scope.signal,
  );
  await noteExport(warehouse, pipeline, each.name, { ...file, martsDigest, rows }, changed);
  return { key: each.to, rows, bytes: file.bytes, changed };
}
