import type { Client } from '@temporalio/client';
import type { Project } from '../config/load-project.js';
import { projectStores } from '../config/project-stores.js';
import { checkDurability } from '../connectors/mysql/checks/check-server.js';
import { listSchedules } from '../connectors/temporal/schedules/schedules.js';
import type { CompiledPipeline } from '../engine/compiled-pipeline.js';
import { neighboursOf } from '../engine/definition/match/neighbours.js';
import { claimedRuns } from '../gear/lake/claimed-runs.js';
import { loadedObjects } from '../gear/loads/loaded-objects.js';
import { alertState } from './alert-state.js';
import { lastRuns } from './last-runs.js';
import { layerLags } from './layer-lag.js';
import { countLoads } from './loads/load-list.js';
import { processedBucket } from './processed-bucket.js';
import { retriesOf } from './retries.js';
import { strandedWork } from './stranded.js';
import { TaskQueues, type WarehouseAccess } from './task-queues.js';
import { waitingFiles } from './waiting-files.js';
import { differingDefinitions } from './worker-definitions.js';

/** Connects to the servers of the settings for a piece of work. */
export interface ServerAccess extends WarehouseAccess {
  withTemporal<Result>(project: Project, work: (client: Client) => Promise<Result>): Promise<Result>;
}

export type PipelineStatus = Awaited<ReturnType<typeof pipelineStatus>>;

/**
 * Where everything of a pipeline stands, from its source, the warehouse and Temporal. With `allFiles` it lists all files that no pickup
 * takes or that match no feed, not only the first ones.
 */
export async function pipelineStatus(access: ServerAccess, project: Project, compiled: CompiledPipeline, { allFiles = false } = {}) {
  const { definition } = compiled;
  const pipeline = definition.name;
  const stores = projectStores(project);
  const store = stores.sourceOf(pipeline);
  const neighbours = neighboursOf(pipeline, project.pipelines, stores);
  const [{ source, ...warehouse }, temporal] = await Promise.all([
    access.withWarehouse(project, async (connected) => ({
      source: await waitingFiles(store, definition, neighbours, (objects) => loadedObjects(connected, pipeline, store, objects), {
        claimedRuns: await claimedRuns(connected, pipeline),
        ...(allFiles && { shown: Number.POSITIVE_INFINITY }),
      }),
      undurable: project.settings.releaseUndurable ? [] : (await checkDurability(connected)).map(({ message }) => message),
      lags: await layerLags(connected, pipeline),
      loads: await countLoads(connected, pipeline),
      processed: await processedBucket(connected, compiled, stores.processedOf(pipeline)?.url),
    })),
    access.withTemporal(project, async (client) => {
      const { taskQueue } = project.settings;
      const queues = await TaskQueues.look(access, project, client);
      const queue = await queues.state(taskQueue);
      return {
        schedules: await listSchedules(client, pipeline),
        runs: await lastRuns(client, pipeline),
        worker: queue.isServed,
        workers: queues.alive(taskQueue),
        queue,
        differing: differingDefinitions(project, queues.alive(taskQueue)),
        alerts: await alertState(client, definition),
        retries: await retriesOf(client, pipeline),
        stranded: await strandedWork(client, queues, pipeline, taskQueue),
      };
    }),
  ]);
  return { pipeline, source: { url: store.url, ...source }, ...warehouse, ...temporal };
}
