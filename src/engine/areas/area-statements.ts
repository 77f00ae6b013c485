import { qualifiedName } from '../sql/create-table.js';
import { identifier } from '../sql/identifier.js';
import type { SqlValue } from '../warehouse.js';
import type { Area } from './area.js';
import type { AreaRequest } from './area-request.js';
import type { Box } from './box.js';
import { borderRanges, rangesOf, rowCount, type CellBlock, type CellRange, type CoveredCells } from './cells.js';
import { hasWeeks, periodParts } from './period-parts.js';
import type { SquareGrid } from './square-grid.js';

/** A statement with its values. */
export interface AreaStatement {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** A condition with its values. */
type Condition = AreaStatement;

/** What a question asks, with the id of the value that it names. */
export interface ResolvedRequest extends AreaRequest {
  readonly ofId: number | undefined;
}

/** Columns whose cells a statement names one by one; of more, every cell from the first column to the last is read. */
const mostColumns = 300;

/** Kept sums of the days that a question asks about. */
interface KeptPart {
  readonly view: string;
  /** The week of a sum, as SQL has it. */
  readonly week: string;
  readonly conditions: readonly Condition[];
}

/** The number of rows by `week`, as `n`, of kept sums: of all cells, or of some. Several statements where weeks are cut. */
export function sumsByWeek(area: Area, request: ResolvedRequest, cells?: CellBlock): readonly AreaStatement[] {
  return keptParts(area, request, cells).map(({ view, week, conditions }) => {
    const { sql, values } = all(conditions);
    return { sql: `select ${week} as week, sum(n) as n from ${qualifiedName(view)}${where(sql)} group by ${week}`, values };
  });
}

/** The number of rows, as `n`, of each square of a grid that has some, by its column `x` and its row `y`. Several statements where weeks are cut. */
export function sumsBySquare(area: Area, request: ResolvedRequest, { cells, size }: SquareGrid): readonly AreaStatement[] {
  const x = '(cell div ? - ?) div ?';
  const y = '(cell % ? - ?) div ?';
  return keptParts(area, request, cells).map(({ view, conditions }) => {
    const { sql, values } = all(conditions);
    return {
      sql: `select ${x} as x, ${y} as y, sum(n) as n from ${qualifiedName(view)}${where(sql)} group by x, y`,
      values: [rowCount, cells.columns.first, size, rowCount, cells.rows.first, size, ...values],
    };
  });
}

/** Weeks as a whole, and days of those that are cut. */
function keptParts(area: Area, request: ResolvedRequest, cells: CellBlock | undefined): readonly KeptPart[] {
  const parts = periodParts(request);
  const { first, last } = parts.weeks;
  const ofCells = [...(cells === undefined ? [] : [inBlock(cells)]), ...ofValue(area, request)];
  const weeks = [
    ...(first === undefined ? [] : [condition('week >= ?', first)]),
    ...(last === undefined ? [] : [condition('week <= ?', last)]),
  ];
  const days = condition(`day in (${parts.days.map(() => '?').join(', ')})`, ...parts.days);
  return [
    ...(hasWeeks(parts)
      ? [{ view: area.sums[cells === undefined ? 'totals' : 'cells'], week: 'week', conditions: [...ofCells, ...weeks] }]
      : []),
    ...(parts.days.length > 0
      ? [{ view: area.sums[cells === undefined ? 'total_days' : 'cell_days'], week: 'yearweek(day, 3)', conditions: [days, ...ofCells] }]
      : []),
  ];
}

/**
 * The cells that have rows, as `cell`, and how many, as `n`: all that a box covers, or those along its edges. Of a very wide box cells inside
 * come too.
 */
export function cellsWithRows(area: Area, request: ResolvedRequest, covered: CoveredCells, of: 'all' | 'border'): AreaStatement {
  const isWide = columnCount(covered.all) > mostColumns;
  const cells = of === 'all' || isWide ? inBlock(covered.all) : inRanges(borderRanges(covered));
  const { sql, values } = all([cells, ...ofValue(area, request)]);
  return { sql: `select cell, sum(n) as n from ${qualifiedName(area.sums.cells)}${where(sql)} group by cell`, values };
}

/** The number of rows by `week`, as `n`, of cells of runs that lie in the box: each cell is looked up in each run. */
export function rowsOfCells(
  area: Area,
  request: ResolvedRequest,
  piece: Box,
  runs: readonly number[],
  cells: readonly number[],
): AreaStatement {
  const { sql, values } = all(ofRow(area, request, piece));
  return {
    sql: `select yearweek(t.${identifier(area.time)}, 3) as week, count(*) as n
from json_table(?, '$[*]' columns (run int unsigned path '$')) r
straight_join json_table(?, '$[*]' columns (cell int unsigned path '$')) c
straight_join ${qualifiedName(area.rows)} t on t.run = r.run and t.cell = c.cell${where(sql)}
group by yearweek(t.${identifier(area.time)}, 3)`,
    values: [JSON.stringify(runs), JSON.stringify(cells), ...values],
  };
}

/** The same of all rows of the runs, of which every one is read. */
export function rowsOfRuns(area: Area, request: ResolvedRequest, piece: Box, runs: readonly number[]): AreaStatement {
  const ofRuns = condition(`t.run in (${runs.map(() => '?').join(', ')})`, ...runs);
  const { sql, values } = all([ofRuns, ...ofRow(area, request, piece)]);
  const week = `yearweek(t.${identifier(area.time)}, 3)`;
  return { sql: `select ${week} as week, count(*) as n\nfrom ${qualifiedName(area.rows)} t${where(sql)}\ngroup by ${week}`, values };
}

/** The first point lies in the piece of the box, so that each row counts for one piece, and others lie anywhere in the box. */
function ofRow(area: Area, request: ResolvedRequest, piece: Box): readonly Condition[] {
  const time = `t.${identifier(area.time)}`;
  return [
    ...request.by.map((point, index) => inBox(point, index === 0 ? piece : (request.box ?? piece))),
    ...(request.ofId === undefined ? [] : [condition(`t.${identifier(area.of)} = ?`, request.ofId)]),
    ...(request.from === undefined ? [] : [condition(`${time} >= ?`, `${request.from} 00:00:00`)]),
    ...(request.to === undefined ? [] : [condition(`${time} <= ?`, `${request.to} 23:59:59`)]),
  ];
}

function inBox(point: string, { west, east, south, north }: Box): Condition {
  const [lon, lat] = ['lon', 'lat'].map((axis) => `t.${identifier(`${point}_${axis}`)}`);
  const longitude = west <= east ? `${lon} between ? and ?` : `(${lon} >= ? or ${lon} <= ?)`;
  return condition(`${longitude} and ${lat} between ? and ?`, west, east, south, north);
}

function ofValue(area: Area, { ofId }: ResolvedRequest): readonly Condition[] {
  return ofId === undefined ? [] : [condition(`${identifier(area.of)} = ?`, ofId)];
}

function inBlock(block: CellBlock): Condition {
  const { columns, rows } = block;
  if (columnCount(block) <= mostColumns) return inRanges(rangesOf(block));
  const [first, last] = [columns.first * rowCount + rows.first, columns.last * rowCount + rows.last];
  return condition('cell between ? and ? and cell % ? between ? and ?', first, last, rowCount, rows.first, rows.last);
}

function columnCount({ columns }: CellBlock): number {
  return columns.last - columns.first + 1;
}

function inRanges(ranges: readonly CellRange[]): Condition {
  if (ranges.length === 0) return condition('false');
  return {
    sql: `(${ranges.map(() => 'cell between ? and ?').join(' or ')})`,
    values: ranges.flatMap((range) => [range.first, range.last]),
  };
}

function condition(sql: string, ...values: SqlValue[]): Condition {
  return { sql, values };
}

function all(conditions: readonly Condition[]): Condition {
  return { sql: conditions.map(({ sql }) => sql).join(' and '), values: conditions.flatMap(({ values }) => values) };
}

function where(sql: string): string {
  return sql === '' ? '' : `\nwhere ${sql}`;
}
