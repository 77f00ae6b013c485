import type { Area, AreaSide } from '../../engine/areas/area.js';
import { areaAnswer, type AreaAnswer } from '../../engine/areas/area-answer.js';
import type { AreaRequest } from '../../engine/areas/area-request.js';
import { piecesOf } from '../../engine/areas/box.js';
import { coveredCells, isInBlock } from '../../engine/areas/cells.js';
import type { ResolvedRequest } from '../../engine/areas/statements/conditions.js';
import { sumsByWeek, sumsOfEverywhere } from '../../engine/areas/statements/sums.js';
import type { Warehouse } from '../../engine/warehouse.js';
import { areaState, type AreaState } from './area-state.js';
import { planBoth, type BothPart } from './plan-both.js';
import { idOfValue } from './id-of-value.js';
import { addWeeks, defaultThresholds, RowCounts, type Thresholds } from './row-counts.js';
import { withSnapshots } from './snapshots.js';

/** Connections that read rows side by side. */
const connections = 2;

/**
 * Answers a question about an area from one state of the warehouse, exact to the row: sums are kept of cells that lie in the box as a whole,
 * and rows are read of those along its edges. By a point by whose cell no rows are stored, all rows are read.
 */
export async function answerArea(
  warehouse: Warehouse,
  area: Area,
  request: AreaRequest,
  given: Partial<Thresholds> = {},
): Promise<AreaAnswer> {
  const thresholds = { ...defaultThresholds, ...given };
  if (request.box === undefined) {
    const byWeek = new Map<number, number>();
    await addWeeks(byWeek, warehouse, sumsOfEverywhere(area, request));
    return areaAnswer(request, byWeek);
  }
  return withSnapshots(
    warehouse,
    connections,
    (statements) => areaState(statements, area),
    async (snapshots, state) => {
      const counts = new RowCounts(area, state, snapshots, thresholds);
      const ofId = await idOfValue(counts.first, area, request.of);
      const isKnown = request.of === undefined || ofId !== undefined;
      const ofIds = ofId === undefined ? undefined : [ofId];
      if (isKnown) await count(counts, area, { ...request, ofIds }, state, thresholds.manyRows);
      return areaAnswer(request, counts.byWeek);
    },
  );
}

async function count(counts: RowCounts, area: Area, request: ResolvedRequest, state: AreaState, manyRows: number): Promise<void> {
  if (state.runs.length === 0) return;
  const [side, other] = area.sides.filter(({ point }) => request.by.includes(point) && state.points.includes(point));
  if (!side) return countAll(counts, area, request);
  if (request.by.length === 1) return countBySide(counts, area, request, side);
  const parts = other ? await planBoth(counts.first, area, request, [side, other], manyRows) : [{ side, ofIds: request.ofIds }];
  for (const part of parts) await countBoth(counts, area, request, part);
}

async function countAll(counts: RowCounts, area: Area, request: ResolvedRequest): Promise<void> {
  const side = { rows: area.rows, point: request.by[0] ?? '' };
  for (const piece of piecesOf(request.box!)) await counts.addAll(request, { side, piece });
}

/**
 * By one point: sums of the cells inside, and rows of those along the edges. Where these are many, a cell of which the most lies in the box counts
 * as a whole, and its rows outside of the box are taken away: at most half of a cell is read then.
 */
async function countBySide(counts: RowCounts, area: Area, request: ResolvedRequest, side: AreaSide): Promise<void> {
  for (const piece of piecesOf(request.box!)) {
    const covered = coveredCells(piece);
    const border = await counts.find(request, { side, piece, covered, of: 'border' });
    if (!border) {
      await counts.addAll(request, { side, piece });
      continue;
    }
    const block = border.isDense ? covered.nearest : covered.inside;
    const isCounted = (cell: number) => block !== undefined && isInBlock(block, cell);
    const cellsOf = (counted: boolean) => ({ ...border, cells: border.cells.filter((cell) => isCounted(cell) === counted) });
    await counts.addFound(request, { side, piece }, cellsOf(false));
    await counts.addFound({ ...request, by: [] }, { side, piece, outside: side.point }, cellsOf(true), -1);
    if (block) await counts.add(sumsByWeek(area, request, { side, cells: block }));
  }
}

/** By two points: rows of all cells of one side, or all that it counts without those whose other point lies outside. */
async function countBoth(counts: RowCounts, area: Area, request: ResolvedRequest, { side, ofIds, without }: BothPart): Promise<void> {
  const ofPart = { ...request, ofIds };
  if (without) {
    const [piece] = piecesOf(request.box!);
    const alone = { ...ofPart, by: [side.point] };
    const outside = { side: without, piece: piece!, covered: coveredCells(piece!), of: 'outside', outside: without.point } as const;
    const found = await counts.find(alone, outside);
    if (found) {
      await counts.addFound(alone, outside, found, -1);
      return countBySide(counts, area, alone, side);
    }
  }
  for (const piece of piecesOf(request.box!)) {
    const rows = { side, piece, covered: coveredCells(piece), of: 'all' } as const;
    const found = await counts.find(ofPart, rows);
    if (found) await counts.addFound(ofPart, rows, found);
    else await counts.addAll(ofPart, rows);
  }
}
