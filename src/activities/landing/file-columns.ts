import type { FeedDefinition } from '../../engine/definition/types.js';
import { compileContract, type Contract } from '../../engine/read/contract.js';
import { extraColumn, ignoredName, isExtra, keptEntry, keptNamesIn, type FileColumns } from '../../engine/read/extra-columns.js';
import type { Load } from '../../gear/loads/load-row.js';

/** A load was begun with another contract than its feed has now. */
export class ColumnsChangedError extends Error {}

/** What is good in the load's file. */
export function contractOf({ firstLoadId, firstBytes, object }: Load, feed: FeedDefinition): Contract {
  return compileContract(feed, firstLoadId === undefined ? undefined : { loadId: firstLoadId, bytes: firstBytes }, object.key);
}

/** Names of a file's columns, as its load keeps them. */
export function columnNames({ columnOrder: order, keptNames }: FileColumns, { columns }: Contract): readonly string[] {
  const extra = (place: number) => {
    const name = keptNames?.get(place);
    return name === undefined ? ignoredName(place) : keptEntry(name);
  };
  return order.map((index, place) => columns[index]?.name ?? extra(place));
}

/** Those of a file's columns that are staged as columns. */
export function stagedColumns(header: readonly string[]): readonly string[] {
  return header.filter((name) => !isExtra(name));
}

/** The file's columns, once its header was read. Throws ColumnsChangedError where that was by another contract. */
export function fileColumns({ loadId, feed, header, contract }: Load, { columns, checksum }: Contract): FileColumns | undefined {
  const order = header?.map((name) => columns.findIndex((column) => column.name === name));
  if (header && order && (contract !== checksum || !isWhole(header, order, columns)))
    throw new ColumnsChangedError(`load ${loadId} was begun with another contract than feed ${feed} has now`);
  return header && order && { columnOrder: order, keptNames: keptNamesIn(header) };
}

function isWhole(header: readonly string[], order: readonly number[], columns: Contract['columns']): boolean {
  const kept = order.filter((index, place) => index !== extraColumn || !isExtra(header[place]!));
  const isEachOnce = new Set(kept).size === kept.length && !kept.includes(-1);
  return isEachOnce && columns.every(({ optional }, index) => optional || kept.includes(index));
}
