import type { PipelineDefinition } from '../definition/types.js';
import { entitiesOf, type Entity, type EntitySource } from '../entities/entity.js';
import { hasTombstones } from '../entities/deletes.js';
import { renderSnapshot, type SnapshotDeletes } from './deletes.js';
import { renderAppend, type EntityAppend } from './append.js';
import { recordLeftOut } from './left-out.js';
import { renderFill, renderMerge, type EntityMerge } from './merge.js';
import { renderReplace, type EntityReplace } from './replace.js';

/** How the staged rows of a feed get into one entity. */
export interface EntityLoad {
  readonly feed: string;
  readonly entity: string;
  /** The feed's and the entity's tables, as messages name them. */
  readonly staging: string;
  readonly bulk: string;
  readonly how: MergedRows | ReplacedRows | AppendedRows;
  /** Counts the rows of the batch's loads that the entity does not take; undefined where it takes all. Binds pipeline, feed, batch. */
  readonly recordLeftOut: string | undefined;
}

/** By key. */
export interface MergedRows {
  readonly kind: 'merge';
  /** The same for each feed that fills the entity. */
  readonly merge: EntityMerge;
  /** Fills the work table with the feed's rows; see `renderFill`. */
  readonly fillWork: string;
  /** Undefined where the entity's keys don't grow, or rows can say that their keys are deleted. */
  readonly append: EntityAppend | undefined;
  /** Undefined where the feed's files say nothing of keys that they lack. */
  readonly snapshot: SnapshotDeletes | undefined;
}

/** By partition. */
export interface ReplacedRows {
  readonly kind: 'replace';
  readonly replace: EntityReplace;
}

/** Its rows are in the table since they were landed, and are shown. */
export interface AppendedRows {
  readonly kind: 'append';
}

/** One for each entity and each feed that fills it, in the order of the definition's entities. */
export function entityLoads(pipeline: PipelineDefinition): readonly EntityLoad[] {
  return entitiesOf(pipeline).flatMap((entity) => {
    const howOf = entity.append ? appendedRows() : entity.partition === undefined ? mergedRows(entity, pipeline) : replacedRows(entity);
    return entity.sources.map((source) => ({
      feed: source.feed.name,
      entity: entity.name,
      staging: source.staging,
      bulk: entity.tables.bulk,
      how: howOf(source),
      recordLeftOut: recordLeftOut(entity, source),
    }));
  });
}

function appendedRows(): () => AppendedRows {
  return () => ({ kind: 'append' });
}

function mergedRows(entity: Entity, { surrogates }: PipelineDefinition): (source: EntitySource) => MergedRows {
  const merge = renderMerge(entity, surrogates);
  return (source) => ({
    kind: 'merge',
    merge,
    fillWork: renderFill(entity, source),
    append: hasTombstones(entity) ? undefined : renderAppend(entity, source),
    snapshot: renderSnapshot(entity, source),
  });
}

function replacedRows(entity: Entity): (source: EntitySource) => ReplacedRows {
  return (source) => ({ kind: 'replace', replace: renderReplace(entity, source) });
}
