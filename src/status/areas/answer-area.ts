import type { Area } from '../../engine/areas/area.js';
import { areaAnswer, type AreaAnswer } from '../../engine/areas/area-answer.js';
import type { AreaRequest } from '../../engine/areas/area-request.js';
import {
  cellsWithRows,
  rowsOfCells,
  rowsOfRuns,
  sumsByWeek,
  type AreaStatement,
  type ResolvedRequest,
} from '../../engine/areas/area-statements.js';
import { piecesOf, type Box } from '../../engine/areas/box.js';
import { coveredCells, isInBlock, type CoveredCells } from '../../engine/areas/cells.js';
import { weekOfYearWeek } from '../../engine/areas/weeks.js';
import type { Statements, Warehouse } from '../../engine/warehouse.js';
import { runsOf } from '../../gear/additive/merge-state.js';
import { idOfValue } from './id-of-value.js';
import { withSnapshots } from './snapshots.js';

/** Connections that read rows side by side. */
const connections = 2;
/** From so many rows on, reading them on several connections is worth beginning. */
const manyRows = 50_000;
/** From so many lookups on, of a cell in a run, reading every row is faster. */
const mostLookups = 500_000;

/**
 * Answers a question about an area from one state of the warehouse, exact to the row: sums are kept of cells that lie in the box as a whole,
 * and rows are read of those along its edges. By another point than that of the cells, all rows are read.
 */
export function answerArea(warehouse: Warehouse, area: Area, request: AreaRequest): Promise<AreaAnswer> {
  const state = async (statements: Statements) => JSON.stringify((await visibleRuns(statements, area)).runs);
  return withSnapshots(warehouse, request.box ? connections : 1, state, async (snapshots) => {
    const [first] = snapshots;
    if (!first) throw new Error('no connection');
    const ofId = await idOfValue(first, area, request.of);
    if (request.of !== undefined && ofId === undefined) return areaAnswer(request, new Map());
    const counts = new Counts(snapshots);
    await count(counts, area, { ...request, ofId });
    return areaAnswer(request, counts.byWeek);
  });
}

function visibleRuns(statements: Statements, { pipeline, entity }: Area) {
  return runsOf(statements, { pipeline, entity }, 'visible');
}

/** Rows by the number of their week. */
class Counts {
  readonly byWeek = new Map<number, number>();

  constructor(private readonly snapshots: readonly Statements[]) {}

  get first(): Statements {
    return this.snapshots[0]!;
  }

  /** Runs the statements, side by side where there are several. */
  async add(statements: readonly AreaStatement[]): Promise<void> {
    const waiting = [...statements];
    await Promise.all(
      this.snapshots.map(async (connection) => {
        for (let next = waiting.shift(); next; next = waiting.shift()) {
          const rows = await connection.query<{ week: number; n: number | string }>(next.sql, next.values);
          for (const { week, n } of rows) {
            const number = weekOfYearWeek(week);
            this.byWeek.set(number, (this.byWeek.get(number) ?? 0) + Number(n));
          }
        }
      }),
    );
  }

  /** The runs in parts that are read side by side. */
  parts(runs: readonly number[], rows: number): readonly (readonly number[])[] {
    const parts = rows < manyRows ? 1 : Math.min(this.snapshots.length, runs.length);
    return Array.from({ length: parts }, (_, part) => runs.filter((_run, index) => index % parts === part));
  }
}

async function count(counts: Counts, area: Area, request: ResolvedRequest): Promise<void> {
  if (request.box === undefined) return counts.add(sumsByWeek(area, request));
  const { runs, rows } = await visibleRuns(counts.first, area);
  if (runs.length === 0) return;
  const [cellPoint] = area.points;
  const byCells = cellPoint !== undefined && request.by.includes(cellPoint);
  const byOthers = request.by.some((point) => point !== cellPoint);
  for (const piece of piecesOf(request.box)) {
    if (!byCells) {
      await counts.add(counts.parts(runs, rows).map((part) => rowsOfRuns(area, request, piece, part)));
      continue;
    }
    const covered = coveredCells(piece);
    if (!byOthers && covered.inside) await counts.add(sumsByWeek(area, request, covered.inside));
    await countRows(counts, area, request, piece, covered, byOthers ? 'all' : 'border', { runs, rows });
  }
}

/** Counts rows of the cells that a piece of the box covers, or of those along its edges. */
async function countRows(
  counts: Counts,
  area: Area,
  request: ResolvedRequest,
  piece: Box,
  covered: CoveredCells,
  of: 'all' | 'border',
  all: { readonly runs: readonly number[]; readonly rows: number },
): Promise<void> {
  const cells: number[] = [];
  let rows = 0;
  const { sql, values } = cellsWithRows(area, request, covered, of);
  for (const { cell, n } of await counts.first.query<{ cell: number; n: number | string }>(sql, values)) {
    if (of === 'border' && covered.inside && isInBlock(covered.inside, cell)) continue;
    cells.push(cell);
    rows += Number(n);
  }
  if (cells.length === 0) return;
  if (cells.length * all.runs.length > mostLookups && rows > all.rows / 4)
    return counts.add(counts.parts(all.runs, all.rows).map((part) => rowsOfRuns(area, request, piece, part)));
  await counts.add(counts.parts(all.runs, rows).map((part) => rowsOfCells(area, request, piece, part, cells)));
}
