import { createHash } from 'node:crypto';
import { cellSize, rowCount } from '../areas/cells.js';
import { partSql } from '../areas/cell-parts.js';
import { farthest } from '../areas/box.js';
import type { Entity, EntityColumn } from '../entities/entity.js';
import { qualifiedName } from '../sql/create-table.js';
import { columnList, identifier } from '../sql/identifier.js';
import { columnsOfAppend } from './append-columns.js';

/** A table that holds the rows of an append entity, sorted within each run. */
export interface StoredRows {
  /** `bulk.trips` */
  readonly table: string;
  /** The point by whose cell rows are stored, if by any. */
  readonly cell: string | undefined;
  /** In the order of the table. */
  readonly columns: readonly EntityColumn[];
}

/** The same rows by the cell of another point, with some of their columns. */
export interface RowsCopy extends StoredRows {
  readonly cell: string;
  /** Of its columns: a run that was copied with others has to be copied again. */
  readonly checksum: Buffer;
}

/** The entity's own table. */
export function ownRows(entity: Entity): StoredRows {
  return { table: entity.tables.bulk, cell: entity.append?.cell, columns: entity.columns };
}

export function copiesOf(entity: Entity): readonly RowsCopy[] {
  return (entity.append?.copies ?? []).map(({ table, cell, values }) => {
    const columns = entity.columns.filter(({ name }) => values.includes(name));
    const made = columns.flatMap(columnsOfAppend).map(({ name, type }) => [name, type]);
    return { table, cell, columns, checksum: createHash('sha256').update(JSON.stringify(made)).digest() };
  });
}

/**
 * The columns by which the table is sorted within a run: the cell and the part of it in which the point lies, where rows are stored by one. The
 * last column only numbers rows.
 */
export function placeOf({ cell }: Pick<StoredRows, 'cell'>): readonly string[] {
  return cell === undefined ? ['n'] : ['cell', 'part', 'n'];
}

/** Copies a run from the entity's own table as the worker would have written it. Binds the run. */
export function copyRunStatement(entity: Entity, copy: RowsCopy): string {
  const columns = columnList(copy.columns.flatMap(columnsOfAppend).map(({ name }) => name));
  const place = [cellSql(copy.cell), partSql(axisOf(copy.cell, 'lon'), axisOf(copy.cell, 'lat'))];
  const order = [...place, ...(entity.append?.order ?? []).map((name) => columnList([name], 't')), 't.n'];
  return `insert into ${qualifiedName(copy.table)} (run, cell, part, n, ${columns})
select t.run, ${place.join(', ')}, row_number() over (order by ${order.join(', ')}) - 1, ${columns}
from ${qualifiedName(entity.tables.bulk)} t where t.run = ?`;
}

/** The number of the cell of a point of row `t`. */
function cellSql(point: string): string {
  const place = (axis: 'lon' | 'lat', most: number) => `(${axisOf(point, axis)} + ${most}) div ${cellSize}`;
  return `${place('lon', farthest.longitude)} * ${rowCount} + ${place('lat', farthest.latitude)}`;
}

function axisOf(point: string, axis: 'lon' | 'lat'): string {
  return `t.${identifier(`${point}_${axis}`)}`;
}
