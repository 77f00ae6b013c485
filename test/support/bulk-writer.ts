import type { CompiledPipeline } from '../../src/engine/compiled-pipeline.js';
import { keyedEntities, type Entity } from '../../src/engine/entities/entity.js';
import { columnList } from '../../src/engine/sql/identifier.js';
import type { SqlValue, Statements, Warehouse } from '../../src/engine/warehouse.js';

export type Row = Readonly<Record<string, string | number>>;

/**
 * Writes batches straight into bulk and changes, as processing does: one batch number for a feed, the same row of `gear.feeds`
 * locked first, images before and after, ids for new names. The rows of an entity must have one row a key.
 */
export async function writeBatch(
  warehouse: Warehouse,
  { definition }: CompiledPipeline,
  feedName: string,
  rows: Readonly<Record<string, readonly Row[]>>,
): Promise<void> {
  const entities = keyedEntities(definition).filter(({ sources }) => sources.some(({ feed }) => feed.name === feedName));
  if (entities.length === 0) throw new Error(`no feed ${feedName}`);
  await warehouse.transaction(async (transaction) => {
    const where = [definition.name, feedName];
    await transaction.query('select batch_number from gear.feeds where pipeline = ? and feed = ? for update', where);
    await transaction.execute('update gear.feeds set batch_number = batch_number + 1 where pipeline = ? and feed = ?', where);
    const [state] = await transaction.query<{ batch_number: number }>(
      'select batch_number from gear.feeds where pipeline = ? and feed = ?',
      where,
    );
    for (const entity of entities) {
      for (const row of rows[entity.name] ?? []) await writeRow(transaction, entity, row, state?.batch_number ?? 0);
    }
    for (const surrogate of definition.surrogates) {
      for (const { entity, column } of surrogate.from) {
        await transaction.execute(
          `insert into gear.${surrogate.name} (${surrogate.id}, ${surrogate.value})
           select (select coalesce(max(${surrogate.id}), 0) from gear.${surrogate.name}) + row_number() over (order by name), name from (
             select distinct b.${column} as name from bulk.${entity} b
             where not exists (select 1 from gear.${surrogate.name} s where s.${surrogate.value} = b.${column})) names`,
        );
      }
    }
  });
}

async function writeRow(statements: Statements, entity: Pick<Entity, 'tables' | 'key' | 'values'>, row: Row, batch: number): Promise<void> {
  const value = (name: string): SqlValue => row[name] ?? null;
  const where = entity.key.map((name) => `${name} = ?`).join(' and ');
  const keys = entity.key.map(value);
  const [old] = await statements.query(`select ${columnList(entity.values)} from ${entity.tables.bulk} where ${where}`, keys);
  if (old && entity.values.every((name) => String(old[name]) === String(row[name]))) return;
  const images = entity.values.flatMap((name): [string, SqlValue][] => [
    [`old_${name}`, old?.[name] ?? null],
    [`new_${name}`, value(name)],
  ]);
  const change: [string, SqlValue][] = [
    ['batch_number', batch],
    ['load_id', batch],
    ...entity.key.map((name): [string, SqlValue] => [name, value(name)]),
    ['change_kind', old ? 'updated' : 'inserted'],
    ...images,
  ];
  await insert(statements, entity.tables.changes, change);
  const [createdAt] = await statements.query(`select created_at from ${entity.tables.bulk} where ${where}`, keys);
  await statements.execute(`delete from ${entity.tables.bulk} where ${where}`, keys);
  const now = `2024-01-01 00:00:${String(batch % 60).padStart(2, '0')}.000000`;
  await insert(statements, entity.tables.bulk, [
    ...[...entity.key, ...entity.values].map((name): [string, SqlValue] => [name, value(name)]),
    ['load_id', batch],
    ['row_offset', 0],
    ['created_at', createdAt?.['created_at'] ?? now],
    ['updated_at', now],
  ]);
}

async function insert(statements: Statements, table: string, fields: readonly [string, SqlValue][]): Promise<void> {
  const columns = columnList(fields.map(([name]) => name));
  await statements.execute(
    `insert into ${table} (${columns}) values (${fields.map(() => '?').join(', ')})`,
    fields.map(([, value]) => value),
  );
}
