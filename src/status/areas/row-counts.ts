import type { Area, AreaSide } from '../../engine/areas/area.js';
import { isInBlock, type CoveredCells } from '../../engine/areas/cells.js';
import { type AreaStatement, type ResolvedRequest } from '../../engine/areas/statements/conditions.js';
import { rowsOfCells, rowsOfRuns, type RowsIn } from '../../engine/areas/statements/rows.js';
import { cellsWithRows } from '../../engine/areas/statements/sums.js';
import { weekOfYearWeek } from '../../engine/areas/weeks.js';
import type { Statements } from '../../engine/warehouse.js';
import type { AreaState } from './area-state.js';

/** From so many rows on, reading them on several connections is worth beginning, and so is looking for a way to read fewer. */
export const defaultManyRows = 50_000;
/** From so many lookups on, of a cell in a run, reading every row is faster. */
const mostLookups = 500_000;

/** Rows of a side's table that are counted: those of some of its cells. */
export interface CellRows extends RowsIn {
  readonly side: AreaSide;
  readonly covered: CoveredCells;
  readonly of: 'all' | 'border' | 'outside';
}

/** Counts rows by the number of their week, from snapshots that all see one state. */
export class RowCounts {
  readonly byWeek = new Map<number, number>();

  constructor(
    private readonly area: Area,
    private readonly state: AreaState,
    private readonly snapshots: readonly [Statements, ...Statements[]],
    private readonly manyRows: number,
  ) {}

  get first(): Statements {
    return this.snapshots[0];
  }

  /** Runs the statements, side by side where there are several, and adds what they count; or takes it away. */
  async add(statements: readonly AreaStatement[], sign: 1 | -1 = 1): Promise<void> {
    const waiting = [...statements];
    await Promise.all(
      this.snapshots.map(async (connection) => {
        for (let next = waiting.shift(); next; next = waiting.shift()) {
          await addWeeks(this.byWeek, connection, next, sign);
        }
      }),
    );
  }

  /** Looks up cells that have rows. Returns false, having done nothing, where that would take longer than reading every row. */
  async addCells(request: ResolvedRequest, rows: CellRows, sign: 1 | -1 = 1): Promise<boolean> {
    const { inside } = rows.covered;
    const { sql, values } = cellsWithRows(this.area, request, rows.side, rows.covered, rows.of);
    const found = (await this.first.query<{ cell: number; n: number | string }>(sql, values)).filter(
      ({ cell }) => rows.of === 'all' || !inside || !isInBlock(inside, cell),
    );
    const total = found.reduce((sum, { n }) => sum + Number(n), 0);
    if (found.length * this.state.runs.length > mostLookups && total > this.state.rows / 4) return false;
    const cells = found.map(({ cell }) => cell);
    if (cells.length === 0) return true;
    await this.add(
      this.parts(total).map((part) => rowsOfCells(this.area, request, rows, part, cells)),
      sign,
    );
    return true;
  }

  /** Reads every row. */
  async addAll(request: ResolvedRequest, rows: RowsIn): Promise<void> {
    await this.add(this.parts(this.state.rows).map((part) => rowsOfRuns(this.area, request, rows, part)));
  }

  /** The runs in parts that are read side by side. */
  private parts(rows: number): readonly (readonly number[])[] {
    const { runs } = this.state;
    const parts = rows < this.manyRows ? 1 : Math.min(this.snapshots.length, runs.length);
    return Array.from({ length: parts }, (_, part) => runs.filter((_run, index) => index % parts === part));
  }
}

/** Runs a statement that counts rows of weeks, and adds what it counts; or takes it away. */
export async function addWeeks(
  byWeek: Map<number, number>,
  statements: Pick<Statements, 'query'>,
  { sql, values }: AreaStatement,
  sign: 1 | -1 = 1,
): Promise<void> {
  for (const { week, n } of await statements.query<{ week: number; n: number | string }>(sql, values)) {
    const number = weekOfYearWeek(week);
    byWeek.set(number, (byWeek.get(number) ?? 0) + sign * Number(n));
  }
}
