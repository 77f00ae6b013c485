import { farthest, type Box } from './box.js';
import { cellSize, columnsWestOfZero, rowCount, rowsSouthOfZero } from './cells.js';

/** Columns of parts in a cell, and rows. */
const perSide = 4;
/** Units of 1e-7 degrees along a part's edge: 0.0025 degrees. */
const partSize = cellSize / perSide;

/** A part of a cell, by its number in the cell: columns from west to east, in each of them rows from south to north. */
export interface CellPart {
  readonly cell: number;
  readonly part: number;
}

/** The number, from 0 to 15, of the part of its cell in which a point lies. */
export function partOf(longitude: number, latitude: number): number {
  return stepOf(longitude) * perSide + stepOf(latitude);
}

function stepOf(value: number): number {
  return Math.floor(value / partSize) - Math.floor(value / cellSize) * perSide;
}

/** The same in SQL, of columns or expressions in units of 1e-7 degrees. */
export function partSql(longitude: string, latitude: string): string {
  const step = (value: string, most: number) => `(${value} + ${most}) div ${partSize} % ${perSide}`;
  return `${step(longitude, farthest.longitude)} * ${perSide} + ${step(latitude, farthest.latitude)}`;
}

/** The parts of a cell that can hold points `in` a box that is not across the antimeridian, or `out` of it. */
export function partsOf(cell: number, { west, east, south, north }: Box, where: 'in' | 'out'): readonly CellPart[] {
  const columns = steps(Math.floor(cell / rowCount) - columnsWestOfZero, [west, east, farthest.longitude]);
  const rows = steps((cell % rowCount) - rowsSouthOfZero, [south, north, farthest.latitude]);
  return columns.flatMap((column, x) =>
    rows.flatMap((row, y) => {
      const isWanted = where === 'in' ? column.isTouched && row.isTouched : !(column.isWhole && row.isWhole);
      return isWanted ? [{ cell, part: x * perSide + y }] : [];
    }),
  );
}

/** Whether a side of a box touches each step of a cell's edge, and whether it has every value of it; beyond the farthest there are none. */
function steps(place: number, [from, to, most]: readonly [number, number, number]) {
  return Array.from({ length: perSide }, (_, step) => {
    const first = place * cellSize + step * partSize;
    const last = Math.min(first + partSize - 1, most);
    return { isTouched: first <= to && last >= from, isWhole: first >= from && last <= to };
  });
}
