import { farthest, type Box } from './box.js';
import { cellSize, coveredCells, type CellBlock } from './cells.js';

/** Squares along the longer side of a grid, at most; one more where the box does not begin with a square. */
const mostSquares = 160;

/** Squares of cells that cover a box. */
export interface SquareGrid {
  readonly cells: CellBlock;
  /** Cells along a square's edge. */
  readonly size: number;
}

/**
 * The smallest squares of which no more than 161 lie side by side in a box that is not across the antimeridian. Squares of a size always
 * begin at the same cells, wherever the box begins.
 */
export function squareGrid(box: Box): SquareGrid {
  const { columns, rows } = coveredCells(box).all;
  const size = Math.ceil(Math.max(columns.last - columns.first + 1, rows.last - rows.first + 1) / mostSquares);
  const begin = (cell: number) => cell - (cell % size);
  return { size, cells: { columns: { ...columns, first: begin(columns.first) }, rows: { ...rows, first: begin(rows.first) } } };
}

/** The western and the southern edge of the cells, in hundredths of a degree. */
export function cornerOf({ columns, rows }: CellBlock): { readonly west: number; readonly south: number } {
  return { west: columns.first - farthest.longitude / cellSize, south: rows.first - farthest.latitude / cellSize };
}
