import type { PipelineDefinition } from '../definition/types.js';
import { entitiesOf } from '../entities/entity.js';
import { renderAppend, type EntityAppend } from './append.js';
import { recordLeftOut } from './left-out.js';
import { renderMerge, type EntityMerge } from './merge.js';
import { renderReplace, type EntityReplace } from './replace.js';

/** How the staged rows of a feed get into one entity. */
export interface EntityLoad {
  readonly feed: string;
  readonly entity: string;
  readonly how: MergedRows | ReplacedRows;
  /** Counts the rows of the batch's loads that the entity does not take; undefined where it takes all. Binds pipeline, feed, batch. */
  readonly recordLeftOut: string | undefined;
}

/** By key. */
export interface MergedRows {
  readonly kind: 'merge';
  readonly merge: EntityMerge;
  /** Undefined where the entity's keys don't grow. */
  readonly append: EntityAppend | undefined;
}

/** By partition. */
export interface ReplacedRows {
  readonly kind: 'replace';
  readonly replace: EntityReplace;
}

/** One for each entity and each feed that fills it, in the order of the definition's entities. */
export function entityLoads(pipeline: PipelineDefinition): readonly EntityLoad[] {
  return entitiesOf(pipeline).flatMap((entity) =>
    entity.sources.map((source) => ({
      feed: source.feed.name,
      entity: entity.name,
      how:
        entity.partition === undefined
          ? { kind: 'merge', merge: renderMerge(entity, source, pipeline.surrogates), append: renderAppend(entity, source) }
          : { kind: 'replace', replace: renderReplace(entity, source) },
      recordLeftOut: recordLeftOut(entity, source),
    })),
  );
}
