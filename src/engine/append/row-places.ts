import { partOf } from '../areas/cell-parts.js';
import { cellOf } from '../areas/cells.js';
import type { RunRows } from './run-rows.js';

/** Where the points of a run's rows lie, by row. */
export interface RowPlaces {
  readonly cells: Uint32Array;
  readonly parts: Uint32Array;
}

/** Of the point whose longitude is that word of a row, and whose latitude follows it. */
export function rowPlaces(rows: RunRows, word: number): RowPlaces {
  const cells = new Uint32Array(rows.rows);
  const parts = new Uint32Array(rows.rows);
  for (let row = 0; row < rows.rows; row++) {
    const segment = rows.segmentAt(row);
    const at = rows.placeOf(row) + word;
    const longitude = segment[at]!;
    const latitude = segment[at + 1]!;
    cells[row] = cellOf(longitude, latitude);
    parts[row] = partOf(longitude, latitude);
  }
  return { cells, parts };
}
