import { copiesOf, copyRunStatement, type RowsCopy } from '../../engine/append/stored-rows.js';
import type { Entity } from '../../engine/entities/entity.js';
import { tableOf } from '../../engine/names.js';
import { qualifiedName } from '../../engine/sql/create-table.js';
import type { SqlValue, Statements, Transaction, Warehouse, WorkOptions } from '../../engine/warehouse.js';
import type { EntityRef } from '../additive/merge-state.js';

/** Notes that the transaction puts all rows of a run into a copy. */
export async function noteCopied(transaction: Transaction, run: number, { table, checksum }: RowsCopy): Promise<void> {
  await transaction.execute(
    'insert into gear.run_copies (run, copy, checksum) values (?, ?, ?) on duplicate key update checksum = values(checksum)',
    [run, tableOf(table), checksum],
  );
}

/** Whether all visible runs of an entity are in the copy, with the columns that it has now. */
export async function isComplete(statements: Statements, entity: EntityRef, copy: Pick<RowsCopy, 'table' | 'checksum'>): Promise<boolean> {
  return (await lacking(statements, entity, copy, { where: "l.state = 'visible'", values: [] }, 1)).length === 0;
}

/**
 * Copies runs that a copy does not hold yet: of the visible loads, of the one whose groups are being added, and of this one, if it is
 * named. They came before the definition had the copy, or
 * before it had its columns. Each run is a transaction, so whatever dies, the next one goes on behind it; `onRun` is called before each.
 */
export async function fillCopies(
  warehouse: Warehouse,
  pipeline: string,
  entity: Entity,
  { loadId, signal, onRun }: WorkOptions & { readonly loadId?: number | undefined; readonly onRun?: ((table: string) => void) | undefined },
): Promise<void> {
  const of = { pipeline, entity: entity.name };
  const merging = 'select m.load_id from gear.additive_merges m where m.pipeline = ? and m.entity = ?';
  const loads = {
    where: `(l.state = 'visible' or l.load_id = ? or l.load_id = (${merging}))`,
    values: [loadId ?? null, pipeline, entity.name],
  };
  for (const copy of copiesOf(entity)) {
    for (const run of await lacking(warehouse, of, copy, loads)) {
      onRun?.(copy.table);
      await warehouse.transaction((transaction) => copyRun(transaction, entity, copy, run), { signal });
    }
  }
}

/** The run's row is taken first: nobody else copies it, and a load that is rolled back meanwhile has no rows left to be copied. */
async function copyRun(transaction: Transaction, entity: Entity, copy: RowsCopy, run: number): Promise<void> {
  const there = await transaction.query('select run from gear.append_runs where run = ? for update', [run]);
  if (there.length === 0) return;
  const copied = await transaction.query('select run from gear.run_copies where run = ? and copy = ? and checksum = ?', [
    run,
    tableOf(copy.table),
    copy.checksum,
  ]);
  if (copied.length > 0) return;
  await transaction.execute(`delete from ${qualifiedName(copy.table)} where run = ?`, [run]);
  await transaction.execute(copyRunStatement(entity, copy), [run]);
  await noteCopied(transaction, run, copy);
}

async function lacking(
  statements: Statements,
  { pipeline, entity }: EntityRef,
  { table, checksum }: Pick<RowsCopy, 'table' | 'checksum'>,
  loads: { readonly where: string; readonly values: readonly SqlValue[] },
  most?: number,
): Promise<readonly number[]> {
  const rows = await statements.query<{ run: number }>(
    `select r.run from gear.append_runs r
     join gear.append_loads l on l.load_id = r.load_id
     left join gear.run_copies c on c.run = r.run and c.copy = ? and c.checksum = ?
     where r.pipeline = ? and r.entity = ? and ${loads.where} and c.run is null
     order by r.run${most === undefined ? '' : ` limit ${most}`}`,
    [tableOf(table), checksum, pipeline, entity, ...loads.values],
  );
  return rows.map(({ run }) => run);
}
