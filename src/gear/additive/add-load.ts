import type { AdditiveMerge } from '../../engine/additive/additive-merge.js';
import type { ChangeConsumer } from '../../engine/change-consumer.js';
import type { Transaction } from '../../engine/warehouse.js';
import { lockConsumer, saveWatermarks } from '../watermarks.js';
import { behindLastCell, CellRanges } from './cell-ranges.js';
import { nextCellOf } from './merge-lanes.js';
import { runsOf, type LockedMerge, type Runs } from './merge-state.js';

/** Groups are added for about so many rows at a time: more would not fit the servers' tables in memory. */
export const rowsAtOnce = 200_000;

/** The groups that a rebuild adds are of no load, and so always show. */
const noLoad = '0';

/**
 * Marts to which a load is added in the same transactions: a mart that reads the rows, then the marts that add up its groups. Lanes have
 * nothing in common, so a load is added to them side by side.
 */
export interface Lane {
  /** The first of its marts. */
  readonly name: string;
  readonly merges: readonly AdditiveMerge[];
}

export function lanesOf(merges: readonly AdditiveMerge[]): readonly Lane[] {
  const rootOf = ({ target, adds }: AdditiveMerge): string => {
    const other = adds.kind === 'groups' ? merges.find((merge) => merge.target === adds.target) : undefined;
    return other ? rootOf(other) : target;
  };
  const roots = merges.filter(({ adds }) => adds.kind === 'rows');
  return roots.map(({ target }) => ({ name: target, merges: merges.filter((merge) => rootOf(merge) === target) }));
}

/**
 * Adds the groups of the runs' rows in a range of cells, which have been added already to the mart that this one adds up. Returns the number
 * of rows that the table got or changed.
 */
export async function addGroups(
  transaction: Transaction,
  { adds }: AdditiveMerge,
  { runs }: Runs,
  { from, end }: { readonly from: number; readonly end: number },
  loadId: string,
): Promise<number> {
  if (runs.length === 0) return 0;
  const { affectedRows } =
    adds.kind === 'rows'
      ? await transaction.execute(adds.add(runs.length), [...runs, from, end, loadId])
      : await transaction.execute(adds.add, [loadId, from, end, loadId]);
  return affectedRows;
}

/**
 * Computes the mart of that name again from the rows of visible loads, and from those of the load that is being added as far as it has come;
 * before that a mart that it adds up, where that is not what its definition says. The caller has locked the merge, or the lane.
 */
export async function rebuildGroups(
  transaction: Transaction,
  { name, merges }: Lane,
  target: string,
  { loadId }: LockedMerge,
  onStep: (step: string) => void = () => undefined,
): Promise<number> {
  const merge = merges.find((each) => each.target === target)!;
  const { adds } = merge;
  const other = adds.kind === 'groups' ? merges.find((each) => each.target === adds.target) : undefined;
  if (other && !(await isCurrent(transaction, other))) await rebuildGroups(transaction, { name, merges }, other.target, { loadId }, onStep);
  onStep(`${target}: computing all groups`);
  await transaction.execute(merge.removeAll);
  let rows = await addShown(transaction, merge);
  if (loadId !== undefined) {
    const own = await runsOf(transaction, merge, loadId);
    rows += await addAll(transaction, merge, own, await nextCellOf(transaction, merge, name), loadId);
  }
  await saveWatermarks(transaction, consumerOf(merge), new Map(), 'rebuilt');
  return rows;
}

async function addShown(transaction: Transaction, merge: AdditiveMerge): Promise<number> {
  if (merge.adds.kind === 'groups') return (await transaction.execute(merge.adds.addShown, [noLoad])).affectedRows;
  return addAll(transaction, merge, await runsOf(transaction, merge, 'visible'), behindLastCell, noLoad);
}

async function addAll(transaction: Transaction, merge: AdditiveMerge, of: Runs, before: number, loadId: string): Promise<number> {
  if (merge.adds.kind === 'groups') return before === 0 ? 0 : addGroups(transaction, merge, of, { from: 0, end: before }, loadId);
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
