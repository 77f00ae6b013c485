import type { EntityDefinition, FeedDefinition, HubDefinition, LinkDefinition, PipelineDefinition } from '../definition/types.js';
import { columnOf, sqlType } from '../sql/column-types.js';

export interface EntityOfFeed {
  readonly feed: FeedDefinition;
  readonly entity: EntityDefinition;
}

/** The entity and its feed; definitions were validated, so they are there. */
export function entityOf(pipeline: PipelineDefinition, name: string): EntityOfFeed {
  for (const feed of pipeline.feeds) {
    const entity = feed.entities.find((candidate) => candidate.name === name);
    if (entity) return { feed, entity };
  }
  throw new Error(`pipeline ${pipeline.name} has no entity ${name}`);
}

/** The SQL type of an entity's column. */
export function typeOf(pipeline: PipelineDefinition, entity: string, column: string): string {
  return sqlType(columnOf(entityOf(pipeline, entity).feed, column).type);
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

/**
 * A hub's sources without those that can bring nothing: where another entity of the same feed has the column as its whole key,
 * it holds every value that the feed ever brought, from the same load on.
 */
export function hubSources(pipeline: PipelineDefinition, hub: HubDefinition): readonly (EntityOfFeed & { readonly column: string })[] {
  const sources = hub.from.map(({ entity, column }) => ({ ...entityOf(pipeline, entity), column }));
  const isWholeKey = ({ entity, column }: (typeof sources)[number]) => entity.key.length === 1 && entity.key[0] === column;
  return sources.filter((source, index) => {
    const covers = (other: (typeof sources)[number]) => other.feed === source.feed && other.column === source.column && isWholeKey(other);
    return !sources.some((other, place) => place !== index && covers(other) && (!isWholeKey(source) || place < index));
  });
}
