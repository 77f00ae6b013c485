import type { Area, AreaSide } from '../../engine/areas/area.js';
import { sideMarts } from '../../engine/areas/kept-sums.js';
import type { Statements } from '../../engine/warehouse.js';
import { runsOf, type Runs } from '../../gear/additive/merge-state.js';
import { isComplete } from '../../gear/append/run-copies.js';

/** What an area's questions find in the warehouse. */
export interface AreaState extends Runs {
  /** The sides whose rows and sums are there. A copy that the definition has only just got is not, before workers have filled it. */
  readonly points: readonly string[];
}

export async function areaState(statements: Statements, area: Area): Promise<AreaState> {
  const points: string[] = [];
  for (const side of area.sides) if (await isFilled(statements, area, side)) points.push(side.point);
  return { ...(await runsOf(statements, area, 'visible')), points };
}

async function isFilled(statements: Statements, area: Area, side: AreaSide): Promise<boolean> {
  if (!side.copy) return true;
  const marts = Object.values(sideMarts(area, side));
  const built = await statements.query<{ target: string; checksum: Buffer }>(
    `select target, checksum from gear.marts where target in (${marts.map(() => '?').join(', ')})`,
    marts.map(({ target }) => target),
  );
  const isBuilt = marts.every((mart) => built.some(({ target, checksum }) => target === mart.target && checksum.equals(mart.checksum)));
  return isBuilt && isComplete(statements, area, side.copy);
}
