import { uniteColumn, type EntityColumn } from '../../entities/entity.js';
import { lookUp, type FeedOutline, type Outline } from '../outline.js';
import type { EntityDefinition } from '../types.js';

type Source = EntityDefinition['from'][number];

/** A column of an entity; a mistake when its feeds certainly make none; neither when one of them is not right. */
export interface OutlinedColumn {
  readonly column?: EntityColumn;
  readonly mistake?: string;
}

export function outlinedColumn(pipeline: Outline, entity: EntityDefinition, name: string): OutlinedColumn {
  const sources = entity.from.map((source) => ({ source, feed: feedNamed(pipeline, source.feed) }));
  if (sources.some(({ source, feed }) => feed === undefined || lacks(feed, source, name) === undefined)) return {};
  if (sources.every(({ feed }) => feed && isAbsent(feed, name)))
    return {
      mistake: noColumn(
        sources.map(({ source }) => source.feed),
        name,
      ),
    };
  const united = uniteColumn(
    name,
    sources.map(({ source, feed }) => ({
      feed: { name: source.feed, format: feed!.format, partition: feed!.partition, columns: feed!.columns.sound.map(({ value }) => value) },
      filled: source.where?.filled,
      set: source.set ?? {},
    })),
  );
  return typeof united === 'string' ? { mistake: united } : { column: united };
}

function noColumn(feeds: readonly string[], name: string): string {
  if (feeds.length === 1) return `feed ${feeds[0]} has no column ${name}. Name one of its columns`;
  return `none of the feeds ${feeds.join(', ')} has a column ${name}. Name one of their columns`;
}

/** Whether the feed neither has the column nor is given a value for it; undefined when that is not certain. */
export function lacks(feed: FeedOutline, { set }: Source, name: string): boolean | undefined {
  if (set?.[name] !== undefined) return false;
  const { value } = lookUp(feed.columns, name);
  const absent = isAbsent(feed, name);
  return value || absent || feed.partition?.column === name ? absent : undefined;
}

/** Whether it is certain that the feed has no such column for entities. */
function isAbsent({ partition, columns }: FeedOutline, name: string): boolean {
  return partition?.column !== name && lookUp(columns, name).absent;
}

export function feedNamed(pipeline: Outline, name: string): FeedOutline | undefined {
  return pipeline.feeds.find((feed) => feed.name === name);
}
