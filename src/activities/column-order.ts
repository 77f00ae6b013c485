import { replayedRow } from '../engine/definition/replayed-row.js';
import type { FeedDefinition } from '../engine/definition/types.js';
import { compileContract, type Contract } from '../engine/scan/contract.js';
import type { Load } from './load-row.js';

/** A load was begun with other columns than its feed has now. */
export class ColumnsChangedError extends Error {}

/** What is good in the load's file. */
export function contractOf({ firstLoadId }: Load, feed: FeedDefinition): Contract {
  return compileContract(feed, firstLoadId);
}

/** Names of a file's columns, which are indexes into the feed's; behind those comes that of replayed rows. */
export function columnNames(order: readonly number[], feed: FeedDefinition): readonly string[] {
  return order.map((index) => feed.columns[index]?.name ?? replayedRow.column);
}

/** The file's columns as indexes, as above, once its header was read. Throws ColumnsChangedError where they are not the feed's, each once. */
export function columnOrder({ loadId, header }: Load, feed: FeedDefinition): readonly number[] | undefined {
  const names = columnNames([...feed.columns.keys(), feed.columns.length], feed);
  const order = header?.map((name) => names.indexOf(name));
  if (order && (new Set(order).size !== order.length || order.includes(-1) || !feed.columns.every((_, index) => order.includes(index))))
    throw new ColumnsChangedError(`load ${loadId} was begun with other columns than feed ${feed.name} has now`);
  return order;
}
