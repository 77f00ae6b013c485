import type { StagedFeeds } from '../../contracts/activities/processing.js';
import type { Warehouse } from '../../engine/warehouse.js';
import { pipelineOf, type PipelineSet } from '../pipeline-set.js';

export interface FindStagedDeps {
  readonly warehouse: Warehouse;
  readonly pipelines: PipelineSet;
}

/** The feeds of a pipeline that processing has work for, in the order of the definition: an idle schedule costs this one look. */
export async function findStaged({ warehouse, pipelines }: FindStagedDeps, pipeline: string): Promise<StagedFeeds> {
  const { definition } = await pipelineOf(pipelines, pipeline, warehouse);
  const found = await warehouse.query<{ feed: string; staged: number; unpruned: number }>(
    `select f.feed,
       exists (select 1 from gear.loads l where l.pipeline = f.pipeline and l.feed = f.feed and l.state = 'staged') as staged,
       exists (
         select 1 from gear.loads l where l.pipeline = f.pipeline and l.feed = f.feed and l.pruned_at is null and l.state = 'processed'
       ) or exists (
         select 1 from gear.dropped_runs r where r.pipeline = f.pipeline and r.feed = f.feed
       ) as unpruned
     from gear.feeds f
     where f.pipeline = ?`,
    [pipeline],
  );
  const names = (has: 'staged' | 'unpruned') =>
    definition.feeds.map(({ name }) => name).filter((name) => found.some((row) => row.feed === name && Number(row[has]) === 1));
  return { staged: names('staged'), unpruned: names('unpruned') };
}
