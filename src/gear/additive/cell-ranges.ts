import type { Statements } from '../../engine/warehouse.js';
import type { Runs } from './merge-state.js';

/** One more than any cell. */
export const behindLastCell = 0xffff_ffff;
/** Branches of a union that servers plan quickly. */
const runsAtOnce = 100;

/**
 * Divides the rows of runs into ranges of cells of about so many rows, found by reading ahead in each run's order. Runs may hold the same
 * cells, as those of a shuffled file do, or each its own: how far to look ahead is learnt from the ranges before.
 */
export class CellRanges {
  private ahead: number;
  /** Ends that were found, by where the ranges begin: whoever adds the same rows to another mart takes the same ranges. */
  private readonly ends = new Map<number, Promise<number>>();

  constructor(
    /** The entity's table, as SQL has it. */
    private readonly source: string,
    private readonly of: Runs,
    private readonly rowsAtOnce: number,
  ) {
    this.ahead = Math.max(1, Math.ceil(rowsAtOnce / Math.max(1, of.runs.length)));
  }

  /** The cell before which a range from this one on ends; `behindLastCell` for the last range. */
  endOf(statements: Statements, from: number): Promise<number> {
    const known = this.ends.get(from);
    if (known) return known;
    const end = this.findEnd(statements, from);
    this.ends.set(from, end);
    end.catch(() => this.ends.delete(from));
    return end;
  }

  private async findEnd(statements: Statements, from: number): Promise<number> {
    if (this.of.rows <= this.rowsAtOnce) return behindLastCell;
    const found = await this.cellsAhead(statements, from);
    if (found.length === 0) return behindLastCell;
    const end = found.reduce((lowest, cell) => Math.min(lowest, cell)) + 1;
    const rows = await this.count(statements, from, end);
    if (rows < this.rowsAtOnce / 2) this.ahead = Math.min(this.rowsAtOnce, this.ahead * 2);
    else if (rows > this.rowsAtOnce * 2) this.ahead = Math.max(1, Math.floor(this.ahead / 2));
    return end;
  }

  private async cellsAhead(statements: Statements, from: number): Promise<number[]> {
    const found: number[] = [];
    const one = `(select cell from ${this.source} where run = ? and cell >= ? order by cell limit 1 offset ?)`;
    for (let first = 0; first < this.of.runs.length; first += runsAtOnce) {
      const runs = this.of.runs.slice(first, first + runsAtOnce);
      const rows = await statements.query<{ cell: number }>(
        runs.map(() => one).join('\nunion all\n'),
        runs.flatMap((run) => [run, from, this.ahead]),
      );
      found.push(...rows.map(({ cell }) => cell));
    }
    return found;
  }

  private async count(statements: Statements, from: number, end: number): Promise<number> {
    const [row] = await statements.query<{ n: number | string }>(
      `select count(*) as n from ${this.source} where run in (${this.of.runs.map(() => '?').join(', ')}) and cell >= ? and cell < ?`,
      [...this.of.runs, from, end],
    );
    return Number(row?.n ?? 0);
  }
}
