import { columnList } from '../../sql/identifier.js';
import type { SqlValue } from '../../warehouse.js';
import type { Area } from '../area.js';
import type { AreaRequest } from '../area-request.js';
import { rangesOf, rowCount, type CellBlock, type CellRange } from '../cells.js';

/** A statement with its values. */
export interface AreaStatement {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** A condition with its values. */
export type Condition = AreaStatement;

/** What a question asks, with the ids of the values of the area's column `of` whose rows count; all of them where it is undefined. */
export interface ResolvedRequest extends AreaRequest {
  readonly ofIds: readonly number[] | undefined;
}

/** Columns whose cells a statement names one by one; of more, every cell from the first column to the last is read. */
export const mostColumns = 300;

/** Of values that are bound to its `?`. */
export function condition(sql: string, ...values: SqlValue[]): Condition {
  return { sql, values };
}

/** All of them are met. */
export function all(conditions: readonly Condition[]): Condition {
  return { sql: conditions.map(({ sql }) => sql).join(' and '), values: conditions.flatMap(({ values }) => values) };
}

export function not({ sql, values }: Condition): Condition {
  return { sql: `not (${sql})`, values };
}

/** Text that begins a line of its own; empty where there is nothing to be met. */
export function where(sql: string): string {
  return sql === '' ? '' : `\nwhere ${sql}`;
}

/** Rows of values of the area's column `of` that count. */
export function ofValue(area: Area, { ofIds }: ResolvedRequest, alias?: string): readonly Condition[] {
  if (ofIds === undefined) return [];
  const column = columnList([area.of], alias);
  return [ofIds.length === 0 ? condition('false') : condition(`${column} in (${ofIds.map(() => '?').join(', ')})`, ...ofIds)];
}

/** Kept sums of a block of cells. */
export function inBlock(block: CellBlock): Condition {
  const { columns, rows } = block;
  if (columnCount(block) <= mostColumns) return inRanges(rangesOf(block));
  const [first, last] = [columns.first * rowCount + rows.first, columns.last * rowCount + rows.last];
  return condition('cell between ? and ? and cell % ? between ? and ?', first, last, rowCount, rows.first, rows.last);
}

export function columnCount({ columns }: CellBlock): number {
  return columns.last - columns.first + 1;
}

export function inRanges(ranges: readonly CellRange[]): Condition {
  if (ranges.length === 0) return condition('false');
  return {
    sql: `(${ranges.map(() => 'cell between ? and ?').join(' or ')})`,
    values: ranges.flatMap((range) => [range.first, range.last]),
  };
}
