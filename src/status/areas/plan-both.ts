import type { Area, AreaSide } from '../../engine/areas/area.js';
import { piecesOf } from '../../engine/areas/box.js';
import { coveredCells } from '../../engine/areas/cells.js';
import type { ResolvedRequest } from '../../engine/areas/statements/conditions.js';
import { rowsByValue, totalsByValue } from '../../engine/areas/statements/sums.js';
import type { Statements } from '../../engine/warehouse.js';

/** How rows are counted of which two points lie in a box. */
export interface BothPart {
  /** By whose cells they are looked up. */
  readonly side: AreaSide;
  /** All that lie in the box by `side` are counted, and those taken away that lie outside of it by this one. */
  readonly without?: AreaSide;
  /** Of which values of the area's column `of`; undefined: all. */
  readonly ofIds: readonly number[] | undefined;
}

/** Values that are planned one by one, at most. */
const mostValues = 100;

/** Rows of a value of the column `of` in the cells that the box touches, and in those inside. */
interface Near {
  readonly touched: number;
  readonly inside: number;
}
const nothing: Near = { touched: 0, inside: 0 };

/**
 * Chooses, for each value of the column `of`, what reads the fewest rows: those of one side's cells or of the other's, or, where nearly all
 * of the value's rows lie inside, as in a town's own box, the few that lie outside. That is looked at from `manyRows` on. Of values with no
 * row on one of the sides none is read.
 */
export async function planBoth(
  statements: Statements,
  area: Area,
  request: ResolvedRequest,
  sides: readonly [AreaSide, AreaSide],
  manyRows: number,
): Promise<readonly BothPart[]> {
  const [one, other] = [await nearOf(statements, area, request, sides[0]), await nearOf(statements, area, request, sides[1])];
  const ids = [...one.keys()].filter((id) => other.has(id));
  const isLarge = ids.some((id) => Math.min(one.get(id)!.touched, other.get(id)!.touched) > manyRows);
  const totals = isLarge && piecesOf(request.box!).length === 1 ? await totalsOf(statements, area, request) : undefined;
  if (ids.length > mostValues) {
    const [a, b] = [sum(one), sum(other)];
    const total = totals && [...totals.values()].reduce((all, n) => all + n, 0);
    return [{ ...cheapest(sides, a, b, total), ofIds: request.ofIds }];
  }
  return ids.map((id) => ({ ...cheapest(sides, one.get(id)!, other.get(id)!, totals?.get(id)), ofIds: [id] })).reduce(together, []);
}

/** `total`: of all rows, where taking rows away is worth a thought. */
function cheapest([first, second]: readonly [AreaSide, AreaSide], a: Near, b: Near, total: number | undefined): Omit<BothPart, 'ofIds'> {
  const ways: readonly { readonly rows: number; readonly part: Omit<BothPart, 'ofIds'> }[] = [
    { rows: a.touched, part: { side: first } },
    { rows: b.touched, part: { side: second } },
    ...(total === undefined
      ? []
      : [
          { rows: a.touched - a.inside + total - b.inside, part: { side: first, without: second } },
          { rows: b.touched - b.inside + total - a.inside, part: { side: second, without: first } },
        ]),
  ];
  return ways.reduce((best, way) => (way.rows < best.rows ? way : best)).part;
}

/** Values that are counted in the same way are counted at once. */
function together(parts: readonly BothPart[], part: BothPart): readonly BothPart[] {
  const same = parts.find(({ side, without }) => side === part.side && without === part.without);
  if (!same) return [...parts, part];
  return parts.map((each) => (each === same ? { ...same, ofIds: [...(same.ofIds ?? []), ...(part.ofIds ?? [])] } : each));
}

async function nearOf(statements: Statements, area: Area, request: ResolvedRequest, side: AreaSide): Promise<ReadonlyMap<number, Near>> {
  const found = new Map<number, Near>();
  for (const piece of piecesOf(request.box!)) {
    const { sql, values } = rowsByValue(area, request, side, coveredCells(piece));
    for (const { id, touched, inside } of await statements.query<{ id: number; touched: number | string; inside: number | string }>(
      sql,
      values,
    ))
      found.set(id, add(found.get(id) ?? nothing, { touched: Number(touched), inside: Number(inside) }));
  }
  return found;
}

async function totalsOf(statements: Statements, area: Area, request: ResolvedRequest): Promise<ReadonlyMap<number, number>> {
  const { sql, values } = totalsByValue(area, request);
  const rows = await statements.query<{ id: number; n: number | string }>(sql, values);
  return new Map(rows.map(({ id, n }) => [id, Number(n)]));
}

function sum(of: ReadonlyMap<number, Near>): Near {
  return [...of.values()].reduce(add, nothing);
}

function add(a: Near, b: Near): Near {
  return { touched: a.touched + b.touched, inside: a.inside + b.inside };
}
