import type { Statements, Transaction } from '../../engine/warehouse.js';
import { behindLastCell } from './cell-ranges.js';
import { idOf, type EntityRef } from './merge-state.js';

/**
 * Takes a lane until the transaction ends, where that load is still being added; returns the cell before which all has been added, and
 * undefined where the load has been shown meanwhile. Other lanes go on, and who takes the whole merge waits.
 */
export async function lockLane(
  transaction: Transaction,
  { pipeline, entity }: EntityRef,
  lane: string,
  loadId: string,
): Promise<number | undefined> {
  const [merge] = await transaction.query<{ load_id: number | string | null; next_cell: number }>(
    'select load_id, next_cell from gear.additive_merges where pipeline = ? and entity = ? lock in share mode',
    [pipeline, entity],
  );
  if (idOf(merge) !== loadId) return undefined;
  await transaction.execute(
    'insert into gear.additive_lanes (pipeline, entity, lane, next_cell) values (?, ?, ?, ?) on duplicate key update lane = lane',
    [pipeline, entity, lane, merge?.next_cell ?? 0],
  );
  const [row] = await transaction.query<{ next_cell: number }>(
    'select next_cell from gear.additive_lanes where pipeline = ? and entity = ? and lane = ? for update',
    [pipeline, entity, lane],
  );
  return row?.next_cell;
}

/** The rows of the load in cells below this one have been added to the lane's marts. */
export async function saveLane(transaction: Transaction, { pipeline, entity }: EntityRef, lane: string, nextCell: number): Promise<void> {
  await transaction.execute('update gear.additive_lanes set next_cell = ? where pipeline = ? and entity = ? and lane = ?', [
    nextCell,
    pipeline,
    entity,
    lane,
  ]);
}

/** The cell before which a lane has all of the load that is being added. */
export async function nextCellOf(statements: Statements, { pipeline, entity }: EntityRef, lane: string): Promise<number> {
  const [row] = await statements.query<{ next_cell: number }>(
    `select coalesce(l.next_cell, m.next_cell) as next_cell
     from gear.additive_merges m
     left join gear.additive_lanes l on l.pipeline = m.pipeline and l.entity = m.entity and l.lane = ?
     where m.pipeline = ? and m.entity = ?`,
    [lane, pipeline, entity],
  );
  return row?.next_cell ?? 0;
}

/** Whether all of the load has been added to these lanes. */
export async function areLanesDone(statements: Statements, entity: EntityRef, lanes: readonly string[]): Promise<boolean> {
  for (const lane of lanes) if ((await nextCellOf(statements, entity, lane)) < behindLastCell) return false;
  return true;
}
