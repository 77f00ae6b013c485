import type { FeedDefinition } from '../engine/definition/types.js';

/** A file's columns as indexes into the feed's; undefined when they are not the feed's columns, each once. */
export function columnOrder(feed: FeedDefinition, header: readonly string[]): readonly number[] | undefined {
  const order = header.map((name) => feed.columns.findIndex((column) => column.name === name));
  return order.length === feed.columns.length && new Set(order).size === order.length && !order.includes(-1) ? order : undefined;
}
