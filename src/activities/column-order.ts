import type { FeedDefinition } from '../engine/definition/types.js';
import type { Load } from './load-row.js';

/** A load was begun with other columns than its feed has now. */
export class ColumnsChangedError extends Error {}

/** The file's columns as indexes into the feed's, once its header was read. Throws ColumnsChangedError where they are not the feed's, each once. */
export function columnOrder({ loadId, header }: Load, feed: FeedDefinition): readonly number[] | undefined {
  const order = header?.map((name) => feed.columns.findIndex((column) => column.name === name));
  if (order && (order.length !== feed.columns.length || new Set(order).size !== order.length || order.includes(-1)))
    throw new ColumnsChangedError(`load ${loadId} was begun with other columns than feed ${feed.name} has now`);
  return order;
}
