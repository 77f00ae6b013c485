import { farthest, type Box } from './box.js';

/** Units of 1e-7 degrees along a cell's edge: 0.01 degrees. */
export const cellSize = 100_000;
export const columnsWestOfZero = farthest.longitude / cellSize;
export const rowsSouthOfZero = farthest.latitude / cellSize;
/** Cells between a pole and the other; the north pole itself is in one of its own. */
export const rowCount = 2 * rowsSouthOfZero + 1;

/** Cells of one column, from south to north, both included. */
export interface CellRange {
  readonly first: number;
  readonly last: number;
}

/** A rectangle of cells, by columns from the antimeridian and rows from the south pole, both ends included. */
export interface CellBlock {
  readonly columns: CellRange;
  readonly rows: CellRange;
}

/** The cells that a box touches; undefined where there are none. */
export interface CoveredCells {
  readonly all: CellBlock;
  /** Cells that lie completely in the box. The other cells are cut by its edges. */
  readonly inside: CellBlock | undefined;
  /** The cells nearest to the box: `inside`, and at each of its edges those of which it covers more than a half. Undefined where there are none. */
  readonly nearest: CellBlock | undefined;
}

/** The number of a point's cell. */
export function cellOf(longitude: number, latitude: number): number {
  return (Math.floor(longitude / cellSize) + columnsWestOfZero) * rowCount + Math.floor(latitude / cellSize) + rowsSouthOfZero;
}

/** The cells of a box that is not across the antimeridian. */
export function coveredCells({ west, south, east, north }: Box): CoveredCells {
  const columns = extent(west, east, farthest.longitude);
  const rows = extent(south, north, farthest.latitude);
  return {
    all: { columns: columns.touched, rows: rows.touched },
    inside: blockOf(columns.whole, rows.whole),
    nearest: blockOf(columns.nearest, rows.nearest),
  };
}

/** Undefined where it has no cell. */
function blockOf(columns: CellRange, rows: CellRange): CellBlock | undefined {
  return columns.first <= columns.last && rows.first <= rows.last ? { columns, rows } : undefined;
}

/** The cells that a side of a box touches, those of which it has every value, and the nearest; beyond the farthest there are no values. */
function extent(from: number, to: number, most: number): Readonly<Record<'touched' | 'whole' | 'nearest', CellRange>> {
  const offset = most / cellSize;
  const first = Math.floor(from / cellSize);
  const last = Math.floor(to / cellSize);
  const endOfLast = Math.min((last + 1) * cellSize - 1, most);
  return {
    touched: { first: first + offset, last: last + offset },
    whole: {
      first: (first * cellSize >= from ? first : first + 1) + offset,
      last: (endOfLast <= to ? last : last - 1) + offset,
    },
    nearest: {
      first: (from - first * cellSize < cellSize / 2 ? first : first + 1) + offset,
      last: (endOfLast - to < cellSize / 2 ? last : last - 1) + offset,
    },
  };
}

/** The numbers of a block's cells, a range for each column from west to east. */
export function rangesOf({ columns, rows }: CellBlock): readonly CellRange[] {
  return Array.from({ length: columns.last - columns.first + 1 }, (_, index) => {
    const start = (columns.first + index) * rowCount;
    return { first: start + rows.first, last: start + rows.last };
  });
}

/** The numbers of the cells along a box's edges. */
export function borderRanges({ all, inside }: CoveredCells): readonly CellRange[] {
  if (!inside) return rangesOf(all);
  const block = (columns: CellRange, rows: CellRange) =>
    columns.first > columns.last || rows.first > rows.last ? [] : rangesOf({ columns, rows });
  return [
    ...block({ first: all.columns.first, last: inside.columns.first - 1 }, all.rows),
    ...block(inside.columns, { first: all.rows.first, last: inside.rows.first - 1 }),
    ...block(inside.columns, { first: inside.rows.last + 1, last: all.rows.last }),
    ...block({ first: inside.columns.last + 1, last: all.columns.last }, all.rows),
  ];
}

export function isInBlock({ columns, rows }: CellBlock, cell: number): boolean {
  const column = Math.floor(cell / rowCount);
  const row = cell % rowCount;
  return column >= columns.first && column <= columns.last && row >= rows.first && row <= rows.last;
}
