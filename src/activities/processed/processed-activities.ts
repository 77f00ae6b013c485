import type { ProcessedActivities } from '../../contracts/activities/processed.js';
import type { ProcessedTable } from '../../engine/processed/processed-table.js';
import type { Stores } from '../../engine/stores.js';
import type { Warehouse } from '../../engine/warehouse.js';
import { pipelineOf, type KnownPipeline } from '../pipeline-set.js';
import { runActivity } from '../run-activity.js';
import { writeProcessedRun } from './write-run.js';

export interface ProcessedPipeline extends KnownPipeline {
  readonly processed: readonly ProcessedTable[];
}

export interface ProcessedDeps {
  readonly warehouse: Warehouse;
  /** By name. */
  readonly pipelines: ReadonlyMap<string, ProcessedPipeline>;
  readonly stores: Pick<Stores, 'processedOf'>;
}

/** Rows of one object: it is written by one request, and read as a whole. */
const rowsOfPart = 2_000_000;

/** From bus to the processed bucket. */
export function createProcessedActivities({ warehouse, pipelines, stores }: ProcessedDeps): ProcessedActivities {
  return {
    writeProcessed: ({ pipeline, progress }) =>
      runActivity({ progress }, async (scope) => {
        const { definition, processed: tables } = await pipelineOf(pipelines, pipeline, warehouse);
        const bucket = stores.processedOf(pipeline);
        if (!bucket || tables.length === 0) return { run: null, tables: [] };
        const result = await writeProcessedRun({ warehouse, bucket, definition, tables, rowsOfPart }, scope);
        for (const { name, rows } of result.tables) scope.count('processedRowsWritten', rows, { pipeline, mart: name });
        return result;
      }),
  };
}
