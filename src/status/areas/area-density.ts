import type { Area } from '../../engine/areas/area.js';
import type { AreaRequest } from '../../engine/areas/area-request.js';
import { sumsBySquare } from '../../engine/areas/statements/sums.js';
import type { Box } from '../../engine/areas/box.js';
import { cornerOf, squareGrid } from '../../engine/areas/square-grid.js';
import type { Warehouse } from '../../engine/warehouse.js';
import { idOfValue } from './id-of-value.js';
import { withSnapshots } from './snapshots.js';

/** A box that is not across the antimeridian, and which rows count. */
export interface DensityRequest extends Pick<AreaRequest, 'of' | 'from' | 'to'> {
  readonly box: Box;
}

/** Where the rows of an area lie, as JSON has it. */
export interface AreaDensity {
  /** The edge of a square, and the corner of the first one, in hundredths of a degree. */
  readonly size: number;
  readonly west: number;
  readonly south: number;
  /** Column from west, row from south, and the number of rows of the table, of each square that has some: at most 25,921. */
  readonly squares: readonly (readonly [x: number, y: number, n: number])[];
}

/** Counts the rows by squares of cells, of the area's first point, from kept sums alone: no row is read, however many there are. */
export function areaDensity(warehouse: Warehouse, area: Area, request: DensityRequest): Promise<AreaDensity> {
  const grid = squareGrid(request.box);
  const corner = cornerOf(grid.cells);
  return withSnapshots(
    warehouse,
    1,
    async () => undefined,
    async ([statements]) => {
      const ofId = await idOfValue(statements, area, request.of);
      const counts = new Map<string, readonly [number, number, number]>();
      if (request.of !== undefined && ofId === undefined) return { size: grid.size, ...corner, squares: [] };
      const [side] = area.sides;
      const resolved = { ...request, by: [side.point], ofIds: ofId === undefined ? undefined : [ofId] };
      for (const { sql, values } of sumsBySquare(area, resolved, side, grid)) {
        for (const row of await statements.query<{ x: number | string; y: number | string; n: number | string }>(sql, values)) {
          const [x, y] = [Number(row.x), Number(row.y)];
          const key = `${x},${y}`;
          counts.set(key, [x, y, (counts.get(key)?.[2] ?? 0) + Number(row.n)]);
        }
      }
      return { size: grid.size, ...corner, squares: [...counts.values()] };
    },
  );
}
