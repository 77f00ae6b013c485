import type { Statements, Transaction } from '../../engine/warehouse.js';

/** An append entity of a pipeline. */
export interface EntityRef {
  readonly pipeline: string;
  readonly entity: string;
}

/** The row of an entity's merge, taken until the transaction ends: its loads are added one after the other. */
export interface LockedMerge {
  /** The load whose groups are being added. */
  readonly loadId: string | undefined;
}

/** Takes the entity's row, made when it is not there. Nothing is added to any of its marts before the transaction ends. */
export async function lockMerge(transaction: Transaction, { pipeline, entity }: EntityRef): Promise<LockedMerge> {
  await transaction.execute('insert into gear.additive_merges (pipeline, entity) values (?, ?) on duplicate key update entity = ?', [
    pipeline,
    entity,
    entity,
  ]);
  const [row] = await transaction.query<{ load_id: number | string | null }>(
    'select load_id from gear.additive_merges where pipeline = ? and entity = ? for update',
    [pipeline, entity],
  );
  return { loadId: idOf(row) };
}

/** A load's groups are added from the end of the transaction on; what is added of them does not show. The caller has locked the merge. */
export async function beginMerge(transaction: Transaction, { pipeline, entity }: EntityRef, loadId: string): Promise<void> {
  await transaction.execute('update gear.additive_merges set load_id = ?, next_cell = 0 where pipeline = ? and entity = ?', [
    loadId,
    pipeline,
    entity,
  ]);
}

/** All of the load has been added: it shows, in bulk and in the marts, from the end of the transaction on. The caller has locked the merge. */
export async function showLoad(transaction: Transaction, { pipeline, entity }: EntityRef, loadId: string): Promise<void> {
  await transaction.execute("update gear.append_loads set state = 'visible' where load_id = ?", [loadId]);
  await transaction.execute('delete from gear.additive_lanes where pipeline = ? and entity = ?', [pipeline, entity]);
  await transaction.execute('update gear.additive_merges set load_id = null, next_cell = 0 where pipeline = ? and entity = ?', [
    pipeline,
    entity,
  ]);
}

export function idOf(row: { readonly load_id: number | string | null } | undefined): string | undefined {
  const loadId = row?.load_id ?? undefined;
  return loadId === undefined ? undefined : String(loadId);
}

export async function isVisible(statements: Statements, loadId: string): Promise<boolean> {
  const rows = await statements.query("select 1 as one from gear.append_loads where load_id = ? and state = 'visible'", [loadId]);
  return rows.length > 0;
}

/** The runs of a load, or all visible ones of the entity, and the number of their rows. */
export interface Runs {
  readonly runs: readonly number[];
  readonly rows: number;
}

export async function runsOf(statements: Statements, { pipeline, entity }: EntityRef, loadId: string | 'visible'): Promise<Runs> {
  const rows = await statements.query<{ run: number; row_count: number | string }>(
    `select r.run, r.row_count from gear.append_runs r
     join gear.append_loads l on l.load_id = r.load_id
     where r.pipeline = ? and r.entity = ? and ${loadId === 'visible' ? "l.state = 'visible'" : 'r.load_id = ?'}
     order by r.run`,
    [pipeline, entity, ...(loadId === 'visible' ? [] : [loadId])],
  );
  return { runs: rows.map(({ run }) => run), rows: rows.reduce((sum, { row_count }) => sum + Number(row_count), 0) };
}
