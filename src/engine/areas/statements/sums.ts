import { qualifiedName } from '../../sql/create-table.js';
import { identifier } from '../../sql/identifier.js';
import type { Area, AreaSide } from '../area.js';
import type { AreaRequest } from '../area-request.js';
import { borderRanges, rowCount, type CellBlock, type CoveredCells } from '../cells.js';
import { hasWeeks, periodParts } from '../period-parts.js';
import type { SquareGrid } from '../square-grid.js';
import {
  all,
  columnCount,
  condition,
  inBlock,
  inRanges,
  mostColumns,
  ofValue,
  where,
  type AreaStatement,
  type Condition,
  type ResolvedRequest,
} from './conditions.js';

/** Cells of a side. */
export interface SideCells {
  readonly side: AreaSide;
  readonly cells: CellBlock;
}

/** Kept sums of the days that a question asks about. */
interface KeptPart {
  readonly view: string;
  /** The week of a sum, as SQL has it. */
  readonly week: string;
  readonly conditions: readonly Condition[];
}

/** The number of rows by `week`, as `n`, of kept sums of cells. Several statements where weeks are cut. */
export function sumsByWeek(area: Area, request: ResolvedRequest, of: SideCells): readonly AreaStatement[] {
  return keptParts(area, request, of).map(sumOf);
}

/**
 * The same of everywhere, in one statement that looks up the value that the request names: it sees one state by itself, where each further
 * statement would cost as much time as the answer.
 */
export function sumsOfEverywhere(area: Area, request: AreaRequest): AreaStatement {
  const id = `(select id from ${qualifiedName(area.names)} where value = ?)`;
  const named = request.of === undefined ? [] : [condition(`${identifier(area.of)} = ${id}`, request.of)];
  const parts = keptParts(area, { ...request, ofIds: undefined }, undefined).map((part) =>
    sumOf({ ...part, conditions: [...named, ...part.conditions] }),
  );
  return { sql: parts.map(({ sql }) => sql).join('\nunion all\n'), values: parts.flatMap(({ values }) => values) };
}

function sumOf({ view, week, conditions }: KeptPart): AreaStatement {
  const { sql, values } = all(conditions);
  return { sql: `select ${week} as week, sum(n) as n from ${qualifiedName(view)}${where(sql)} group by ${week}`, values };
}

/** The number of rows, as `n`, of each square of a grid that has some, by its column `x` and its row `y`. Several statements where weeks are cut. */
export function sumsBySquare(area: Area, request: ResolvedRequest, side: AreaSide, { cells, size }: SquareGrid): readonly AreaStatement[] {
  const x = '(cell div ? - ?) div ?';
  const y = '(cell % ? - ?) div ?';
  return keptParts(area, request, { side, cells }).map(({ view, conditions }) => {
    const { sql, values } = all(conditions);
    return {
      sql: `select ${x} as x, ${y} as y, sum(n) as n from ${qualifiedName(view)}${where(sql)} group by x, y`,
      values: [rowCount, cells.columns.first, size, rowCount, cells.rows.first, size, ...values],
    };
  });
}

/** Weeks as a whole, and days of those that are cut. */
function keptParts(area: Area, request: ResolvedRequest, of: SideCells | undefined): readonly KeptPart[] {
  const parts = periodParts(request);
  const { first, last } = parts.weeks;
  const ofCells = [...(of === undefined ? [] : [inBlock(of.cells)]), ...ofValue(area, request)];
  const weeks = [
    ...(first === undefined ? [] : [condition('week >= ?', first)]),
    ...(last === undefined ? [] : [condition('week <= ?', last)]),
  ];
  const days = condition(`day in (${parts.days.map(() => '?').join(', ')})`, ...parts.days);
  return [
    ...(hasWeeks(parts)
      ? [{ view: of === undefined ? area.sums.totals : of.side.sums.cells, week: 'week', conditions: [...ofCells, ...weeks] }]
      : []),
    ...(parts.days.length > 0
      ? [
          {
            view: of === undefined ? area.sums.total_days : of.side.sums.cell_days,
            week: 'yearweek(day, 3)',
            conditions: [days, ...ofCells],
          },
        ]
      : []),
  ];
}

/**
 * The cells of a side that have rows, as `cell`, and how many, as `n`: all that a box covers, those along its edges, or all that do not lie in
 * it as a whole. Of a very wide box cells inside come too.
 */
export function cellsWithRows(
  area: Area,
  request: ResolvedRequest,
  side: AreaSide,
  covered: CoveredCells,
  of: 'all' | 'border' | 'outside',
): AreaStatement {
  const isWide = columnCount(covered.all) > mostColumns;
  const near = () => (of === 'all' || isWide ? inBlock(covered.all) : inRanges(borderRanges(covered)));
  const { sql, values } = all([...(of === 'outside' ? [] : [near()]), ...ofValue(area, request)]);
  return { sql: `select cell, sum(n) as n from ${qualifiedName(side.sums.cells)}${where(sql)} group by cell`, values };
}

/** Of each value of the column `of`, as `id`: the number of rows in the cells that a box touches, as `touched`, and in those inside, as `inside`. */
export function rowsByValue(area: Area, request: ResolvedRequest, side: AreaSide, { all: touched, inside }: CoveredCells): AreaStatement {
  const isInside = inside
    ? condition(
        'cell div ? between ? and ? and cell % ? between ? and ?',
        ...[rowCount, inside.columns.first, inside.columns.last],
        ...[rowCount, inside.rows.first, inside.rows.last],
      )
    : condition('false');
  const { sql, values } = all([inBlock(touched), ...ofValue(area, request)]);
  const id = identifier(area.of);
  return {
    sql: `select ${id} as id, sum(n) as touched, sum(if(${isInside.sql}, n, 0)) as inside from ${qualifiedName(side.sums.cells)}${where(sql)} group by ${id}`,
    values: [...isInside.values, ...values],
  };
}

/** The number of all rows, as `n`, of each value of the column `of`, as `id`. */
export function totalsByValue(area: Area, request: ResolvedRequest): AreaStatement {
  const { sql, values } = all(ofValue(area, request));
  const id = identifier(area.of);
  return { sql: `select ${id} as id, sum(n) as n from ${qualifiedName(area.sums.totals)}${where(sql)} group by ${id}`, values };
}
