import type { PipelineDefinition } from '../definition/types.js';
import { entitiesOf } from '../entities/entity.js';
import { renderAppend, type EntityAppend } from './append.js';
import { renderMerge, type EntityMerge } from './merge.js';

/** How the staged rows of a feed get into one entity. */
export interface EntityLoad {
  readonly feed: string;
  readonly entity: string;
  readonly merge: EntityMerge;
  /** Undefined where the entity's keys don't grow. */
  readonly append: EntityAppend | undefined;
}

/** One for each entity and each feed that fills it, in the order of the definition's entities. */
export function entityLoads(pipeline: PipelineDefinition): readonly EntityLoad[] {
  return entitiesOf(pipeline).flatMap((entity) =>
    entity.sources.map((source) => ({
      feed: source.feed.name,
      entity: entity.name,
      merge: renderMerge(entity, source, pipeline.surrogates),
      append: renderAppend(entity, source),
    })),
  );
}
