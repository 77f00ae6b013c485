import type { Table } from '../bulk/tables.js';
import { entitiesOf, type Entity, type EntityOwner } from '../entities/entity.js';
import { sqlType } from '../sql/column-types.js';
import { dictionaryName } from '../names.js';
import { appendKind, columnsOfAppend } from './append-columns.js';
import { copiesOf, ownRows, placeOf, type StoredRows } from './stored-rows.js';

/**
 * Rows as they came, sorted within each run, which is what one commit brought: appending is all that is ever done to the table, so its
 * pages stay full, and a load's rows go as ranges of runs. Which runs count, gear.visible_runs says.
 */
export function appendTables(entity: Entity): readonly Table[] {
  return [
    ...[ownRows(entity), ...copiesOf(entity)].map((rows) => rowsTable(entity, rows)),
    ...dictionariesOf(entity).map(({ table, column }) => ({
      name: table,
      columns: [
        { name: 'id', type: 'smallint unsigned not null' },
        { name: 'value', type: `${sqlType(column.type)} not null` },
      ],
      primaryKey: ['id'],
      indexes: [{ name: 'by_value', columns: ['value'], unique: true }],
      comment: `${column.name} of ${entity.name}`,
    })),
  ];
}

function rowsTable({ name: entity }: Entity, rows: StoredRows): Table {
  const place = ['run', ...placeOf(rows)];
  return {
    name: rows.table,
    columns: [...place.map((name) => ({ name, type: typeOf(rows, name) })), ...rows.columns.flatMap(columnsOfAppend)],
    primaryKey: place,
    indexes: [],
    comment: `rows of ${entity} by run${rows.cell === undefined ? '' : ` and cell of ${rows.cell}`}`,
  };
}

/** Rows of a run that is stored by cells, at most: as many as its numbers have room for. */
const mostNumbers = 2 ** 24;
/** Of a row with a point, in a file: `POINT(0 0)` and the end of the line. */
const leastRowBytes = 11;

/** Bytes of a file that a run of the entity can hold whatever its rows are. */
export function mostRunBytes(entity: Entity): number {
  return ownRows(entity).cell === undefined && copiesOf(entity).length === 0 ? Infinity : mostNumbers * leastRowBytes;
}

/** A row by a cell takes as many bytes as one without a part would: its number has one less. */
function typeOf({ cell }: StoredRows, name: string): string {
  if (name === 'part') return 'tinyint unsigned not null';
  return name === 'n' && cell !== undefined ? 'mediumint unsigned not null' : 'int unsigned not null';
}

/** The dictionaries of an append entity; none of any other. */
export function dictionariesOf(entity: Entity): readonly { readonly table: string; readonly column: Entity['columns'][number] }[] {
  if (!entity.append) return [];
  return entity.columns
    .filter((column) => appendKind(column) === 'dictionary')
    .map((column) => ({ table: dictionaryName(entity.tables.bulk, column.name), column }));
}

/** The tables that append entities have beside those of their rows, which views may read. */
export function sideTables(pipeline: EntityOwner): readonly string[] {
  if (!pipeline.entities.some(({ append }) => append)) return [];
  return [...dictionaryTables(pipeline), ...entitiesOf(pipeline).flatMap((entity) => copiesOf(entity).map(({ table }) => table))];
}

/** Of a pipeline. */
export function dictionaryTables(pipeline: EntityOwner): readonly string[] {
  // Of a definition that is not right, the columns of other entities may not be known.
  if (!pipeline.entities.some(({ append }) => append)) return [];
  return entitiesOf(pipeline).flatMap((entity) => dictionariesOf(entity).map(({ table }) => table));
}
