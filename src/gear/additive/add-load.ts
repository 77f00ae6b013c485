import type { AdditiveMerge } from '../../engine/additive/additive-merge.js';
import type { ChangeConsumer } from '../../engine/change-consumer.js';
import type { Transaction } from '../../engine/warehouse.js';
import { lockConsumer, saveWatermarks } from '../watermarks.js';
import { behindLastCell, CellRanges } from './cell-ranges.js';
import { runsOf, type MergeState, type Runs } from './merge-state.js';

/** Groups are added for about so many rows at a time: more would not fit the servers' tables in memory. */
export const rowsAtOnce = 200_000;

/** The groups that a rebuild adds are of no load, and so always show. */
const noLoad = '0';

/** Adds the groups of the runs' rows in a range of cells. Returns the number of rows that the table got or changed. */
export async function addGroups(
  transaction: Transaction,
  { add }: AdditiveMerge,
  { runs }: Runs,
  range: { readonly from: number; readonly end: number },
  loadId: string,
): Promise<number> {
  if (runs.length === 0) return 0;
  return (await transaction.execute(add(runs.length), [...runs, range.from, range.end, loadId])).affectedRows;
}

/**
 * Computes a mart again from the rows of visible loads, and from those of the load that is being added as far as it has come. The caller has
 * locked the entity's merge.
 */
export async function rebuildGroups(
  transaction: Transaction,
  merge: AdditiveMerge,
  state: MergeState,
  onStep: (step: string) => void = () => undefined,
): Promise<number> {
  onStep('computing all groups');
  await transaction.execute(merge.removeAll);
  const visible = await runsOf(transaction, merge, 'visible');
  let rows = await addAll(transaction, merge, visible, behindLastCell, noLoad);
  if (state.loadId !== undefined) {
    const own = await runsOf(transaction, merge, state.loadId);
    rows += await addAll(transaction, merge, own, state.nextCell, state.loadId);
  }
  await saveWatermarks(transaction, consumerOf(merge), new Map(), 'rebuilt');
  return rows;
}

async function addAll(transaction: Transaction, merge: AdditiveMerge, of: Runs, before: number, loadId: string): Promise<number> {
  const ranges = new CellRanges(merge.source, of, rowsAtOnce);
  let rows = 0;
  for (let from = 0; from < before;) {
    const end = Math.min(before, await ranges.endOf(transaction, from));
    rows += await addGroups(transaction, merge, of, { from, end }, loadId);
    from = end;
  }
  return rows;
}

/** Takes the mart's row until the transaction ends; whether its groups are what its definition says now. */
export async function isCurrent(transaction: Transaction, merge: AdditiveMerge): Promise<boolean> {
  return (await lockConsumer(transaction, consumerOf(merge))).isCurrent;
}

export async function noteRefreshed(transaction: Transaction, merge: AdditiveMerge): Promise<void> {
  await saveWatermarks(transaction, consumerOf(merge), new Map(), 'refreshed');
}

/** It takes in no changes, so it has no watermarks. */
export function consumerOf({ pipeline, target, checksum }: AdditiveMerge): ChangeConsumer {
  return { pipeline, target, checksum, feeds: [], entities: [], after: [] };
}
