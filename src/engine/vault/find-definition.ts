import type { HubDefinition, LinkDefinition, PipelineDefinition } from '../definition/types.js';
import { entityOf, type Entity } from '../entities/entity.js';
import { columnOf, sqlType } from '../sql/column-types.js';

/** The SQL type of an entity's column. */
export function typeOf(pipeline: PipelineDefinition, entity: string, column: string): string {
  return sqlType(columnOf(entityOf(pipeline, entity), column).type);
}

export function hubOf(pipeline: PipelineDefinition, name: string): HubDefinition {
  const hub = pipeline.vault.hubs.find((candidate) => candidate.name === name);
  if (!hub) throw new Error(`pipeline ${pipeline.name} has no hub ${name}`);
  return hub;
}

export function linkOf(pipeline: PipelineDefinition, name: string): LinkDefinition {
  const link = pipeline.vault.links.find((candidate) => candidate.name === name);
  if (!link) throw new Error(`pipeline ${pipeline.name} has no link ${name}`);
  return link;
}

/** The entity columns that make a link's key: its hubs' in their order, then the dependent ones. */
export function linkColumns(link: LinkDefinition): readonly string[] {
  return [...link.hubs.map(({ column }) => column), ...(link.dependent ?? [])];
}

/** An entity column that holds a hub's business key. */
export interface HubSource {
  readonly entity: Entity;
  readonly column: string;
}

/**
 * A hub's sources without those that can bring nothing: where another entity has the column as its whole key and takes all rows of the
 * same feeds, it holds every value that they ever brought, from the same load on.
 */
export function hubSources(pipeline: PipelineDefinition, hub: HubDefinition): readonly HubSource[] {
  const sources = hub.from.map(({ entity, column }) => ({ entity: entityOf(pipeline, entity), column }));
  const isWholeKey = ({ entity, column }: HubSource) => entity.key.length === 1 && entity.key[0] === column;
  return sources.filter((source, index) => {
    const covers = (other: HubSource) => other.column === source.column && isWholeKey(other) && takesAllOf(other, source);
    return !sources.some(
      (other, place) => place !== index && covers(other) && (!isWholeKey(source) || !takesAllOf(source, other) || place < index),
    );
  });
}

/** Whether every value of the column that comes to `of` comes to the other one too. */
function takesAllOf({ entity, column }: HubSource, of: HubSource): boolean {
  return of.entity.sources.every(({ feed, filled, set }) =>
    entity.sources.some(
      (own) => own.feed.name === feed.name && (own.filled === undefined || own.filled === filled) && own.set[column] === set[column],
    ),
  );
}
