import type { ExportActivities } from '../../contracts/outputs.js';
import type { Export } from '../../engine/exports/export.js';
import { keyOfPart } from '../../engine/exports/parts.js';
import type { Stores } from '../../engine/stores.js';
import { StrataError } from '../../engine/strata-error.js';
import type { Warehouse } from '../../engine/warehouse.js';
import { martsDigests, writtenExports, type WrittenExport } from '../../gear/outputs/exports.js';
import { pipelineOf, type KnownPipeline } from '../pipeline-set.js';
import { runActivity } from '../run-activity.js';
import { writeExport } from './write-export.js';

export interface ExportPipeline extends KnownPipeline {
  readonly exports: readonly Export[];
}

export interface ExportDeps {
  readonly warehouse: Warehouse;
  /** By name. */
  readonly pipelines: ReadonlyMap<string, ExportPipeline>;
  readonly stores: Pick<Stores, 'exportsOf'>;
}

/** Activities that write export files. Each can be repeated at any time, by any worker. */
export function createExportActivities({ warehouse, pipelines, stores }: ExportDeps): ExportActivities {
  return {
    findStaleExports: ({ pipeline }) =>
      runActivity({}, async () => {
        const { exports } = await pipelineOf(pipelines, pipeline, warehouse);
        if (exports.length === 0) return [];
        const written = await writtenExports(warehouse, pipeline);
        const digests = await martsDigests(warehouse, pipeline, exports);
        const { url } = stores.exportsOf(pipeline);
        return exports.filter((each) => isStale(each, written.get(each.name), digests.get(each.name), url)).map(({ name }) => name);
      }),
    writeExport: ({ pipeline, export: name, force = false, progress }) =>
      runActivity({ progress }, async (scope) => {
        const { exports } = await pipelineOf(pipelines, pipeline, warehouse);
        const each = exports.find((candidate) => candidate.name === name);
        if (!each)
          throw new StrataError(
            'definition',
            `there is no export ${name} in the pipeline ${pipeline}. Run: strata exports list ${pipeline}`,
          );
        const result = await writeExport({ warehouse, pipeline, export: each, store: stores.exportsOf(pipeline), force }, scope);
        scope.count('exportRowsWritten', result.changed ? result.rows : 0, { pipeline, export: name });
        return result;
      }),
  };
}

/** The state of an export without `after` is not known, so its rows are computed each time, and written if they differ. */
function isStale(
  { checksum, to, after }: Export,
  written: Pick<WrittenExport, 'checksum' | 'martsDigest' | 'storeUrl' | 'key' | 'isChanging'> | undefined,
  digest: Buffer | undefined,
  url: string,
): boolean {
  if (!written || !digest || after.length === 0 || written.isChanging) return true;
  if (!written.checksum.equals(checksum) || !written.martsDigest.equals(digest)) return true;
  return written.storeUrl !== url || written.key !== keyOfPart(to, 0);
}
