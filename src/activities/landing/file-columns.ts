import type { FeedDefinition } from '../../engine/definition/types.js';
import { compileContract, type Contract } from '../../engine/read/contract.js';
import { ignoredColumn, ignoredName, isIgnoredName } from '../../engine/read/ignored-columns.js';
import type { Load } from '../../gear/loads/load-row.js';

/** A load was begun with another contract than its feed has now. */
export class ColumnsChangedError extends Error {}

/** What is good in the load's file. */
export function contractOf({ firstLoadId, firstBytes, object }: Load, feed: FeedDefinition): Contract {
  return compileContract(feed, firstLoadId === undefined ? undefined : { loadId: firstLoadId, bytes: firstBytes }, object.key);
}

/** Names of a file's columns, which are indexes into the contract's. */
export function columnNames(order: readonly number[], { columns }: Contract): readonly string[] {
  return order.map((index, place) => columns[index]?.name ?? ignoredName(place));
}

/** Those of a file's columns that are staged. */
export function stagedColumns(header: readonly string[]): readonly string[] {
  return header.filter((name) => !isIgnoredName(name));
}

/** The file's columns as indexes into the contract's, once its header was read. Throws ColumnsChangedError where that was by another contract. */
export function columnOrder({ loadId, feed, header, contract }: Load, { columns, checksum }: Contract): readonly number[] | undefined {
  const order = header?.map((name) => columns.findIndex((column) => column.name === name));
  if (header && order && (contract !== checksum || !isWhole(header, order, columns)))
    throw new ColumnsChangedError(`load ${loadId} was begun with another contract than feed ${feed} has now`);
  return order;
}

function isWhole(header: readonly string[], order: readonly number[], columns: Contract['columns']): boolean {
  const kept = order.filter((index, place) => index !== ignoredColumn || !isIgnoredName(header[place]!));
  const isEachOnce = new Set(kept).size === kept.length && !kept.includes(-1);
  return isEachOnce && columns.every(({ optional }, index) => optional || kept.includes(index));
}
