import type { Area, AreaSide } from '../../engine/areas/area.js';
import { partsOf } from '../../engine/areas/cell-parts.js';
import { isInBlock, type CoveredCells } from '../../engine/areas/cells.js';
import { type AreaStatement, type ResolvedRequest } from '../../engine/areas/statements/conditions.js';
import { rowsOfLookups, rowsOfRuns, type Lookups, type RowsIn } from '../../engine/areas/statements/rows.js';
import { cellsWithRows } from '../../engine/areas/statements/sums.js';
import { weekOfYearWeek } from '../../engine/areas/weeks.js';
import type { Statements } from '../../engine/warehouse.js';
import type { AreaState } from './area-state.js';

/** From so many rows on, reading them on several connections is worth beginning, and so is looking for a way to read fewer. */
const defaultManyRows = 50_000;
/** From so many lookups on, of a cell in a run, reading every row is faster. */
const mostLookups = 500_000;
/** From so many rows on that a cell has in a run, on average, lookups of its parts read fewer rows than they cost. */
const defaultDenseRows = 64;
/** Cells that are looked up by parts, at most: a statement names each part. */
const mostDivided = 20_000;

/** From how many rows on something pays. */
export interface Thresholds {
  readonly manyRows: number;
  readonly denseRows: number;
}
export const defaultThresholds: Thresholds = { manyRows: defaultManyRows, denseRows: defaultDenseRows };

/** Rows of a side's table that are counted: those of some of its cells. */
export interface CellRows extends RowsIn {
  readonly side: AreaSide;
  readonly covered: CoveredCells;
  readonly of: 'all' | 'border' | 'outside';
}

/** Cells that have rows. */
export interface FoundCells {
  readonly cells: readonly number[];
  /** Of all the cells that were found. */
  readonly rows: number;
  /** Whether they have so many rows that only some of their parts are read. */
  readonly isDense: boolean;
}

/** Counts rows by the number of their week, from snapshots that all see one state. */
export class RowCounts {
  readonly byWeek = new Map<number, number>();

  constructor(
    private readonly area: Area,
    private readonly state: AreaState,
    private readonly snapshots: readonly [Statements, ...Statements[]],
    private readonly thresholds: Thresholds,
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

  /** Finds the cells that have rows; undefined where looking them up would take longer than reading every row. */
  async find(request: ResolvedRequest, rows: CellRows): Promise<FoundCells | undefined> {
    const { inside } = rows.covered;
    const { sql, values } = cellsWithRows(this.area, request, rows.side, rows.covered, rows.of);
    const found = (await this.first.query<{ cell: number; n: number | string }>(sql, values)).filter(
      ({ cell }) => rows.of === 'all' || !inside || !isInBlock(inside, cell),
    );
    const total = found.reduce((sum, { n }) => sum + Number(n), 0);
    const lookups = found.length * this.state.runs.length;
    if (lookups > mostLookups && total > this.state.rows / 4) return undefined;
    const isDense = found.length <= mostDivided && total >= this.thresholds.denseRows * lookups;
    return { cells: found.map(({ cell }) => cell), rows: total, isDense };
  }

  /** Reads the rows of cells that were found, or of those of their parts that can hold points `in` the piece or `out` of it. */
  async addFound(request: ResolvedRequest, of: RowsIn, { cells, rows, isDense }: FoundCells, sign: 1 | -1 = 1): Promise<void> {
    if (cells.length === 0) return;
    const where = of.outside === of.side.point ? 'out' : 'in';
    const lookups: Lookups = isDense
      ? { kind: 'parts', parts: cells.flatMap((cell) => partsOf(cell, of.piece, where)) }
      : { kind: 'cells', cells };
    await this.add(
      this.parts(rows).map((part) => rowsOfLookups(this.area, request, of, part, lookups)),
      sign,
    );
  }

  /** Reads every row. */
  async addAll(request: ResolvedRequest, rows: RowsIn): Promise<void> {
    await this.add(this.parts(this.state.rows).map((part) => rowsOfRuns(this.area, request, rows, part)));
  }

  /** The runs in parts that are read side by side. */
  private parts(rows: number): readonly (readonly number[])[] {
    const { runs } = this.state;
    const parts = rows < this.thresholds.manyRows ? 1 : Math.min(this.snapshots.length, runs.length);
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
