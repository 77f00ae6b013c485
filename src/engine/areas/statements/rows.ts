import { qualifiedName } from '../../sql/create-table.js';
import { identifier } from '../../sql/identifier.js';
import type { Area, AreaSide } from '../area.js';
import type { Box } from '../box.js';
import type { CellPart } from '../cell-parts.js';
import { all, condition, not, ofValue, where, type AreaStatement, type Condition, type ResolvedRequest } from './conditions.js';

/** Which rows of a table count. */
export interface RowsIn {
  /** The table, and the point that lies in the piece, so that each row counts for one piece. */
  readonly side: Pick<AreaSide, 'rows' | 'point'>;
  readonly piece: Box;
  /** Lies outside of the piece. Other points of the request lie anywhere in its box. */
  readonly outside?: string | undefined;
}

/** What is looked up in each run. */
export type Lookups =
  | { readonly kind: 'cells'; readonly cells: readonly number[] }
  | { readonly kind: 'parts'; readonly parts: readonly CellPart[] };

/** The number of rows by `week`, as `n`, of what is looked up in runs. */
export function rowsOfLookups(area: Area, request: ResolvedRequest, of: RowsIn, runs: readonly number[], lookups: Lookups): AreaStatement {
  const { sql, values } = all(ofRow(area, request, of));
  const week = `yearweek(t.${identifier(area.time)}, 3)`;
  const found = placesOf(lookups);
  return {
    sql: `select ${week} as week, count(*) as n
from json_table(?, '$[*]' columns (run int unsigned path '$')) r
straight_join json_table(?, '$[*]' columns (${found.columns})) c
straight_join ${qualifiedName(of.side.rows)} t on t.run = r.run and ${found.on}${where(sql)}
group by ${week}`,
    values: [JSON.stringify(runs), found.json, ...values],
  };
}

function placesOf(lookups: Lookups): { readonly json: string; readonly columns: string; readonly on: string } {
  if (lookups.kind === 'cells')
    return { json: JSON.stringify(lookups.cells), columns: "cell int unsigned path '$'", on: 't.cell = c.cell' };
  return {
    json: JSON.stringify(lookups.parts.map(({ cell, part }) => [cell, part])),
    columns: "cell int unsigned path '$[0]', part tinyint unsigned path '$[1]'",
    on: 't.cell = c.cell and t.part = c.part',
  };
}

/** The same of all rows of the runs, of which every one is read. */
export function rowsOfRuns(area: Area, request: ResolvedRequest, of: RowsIn, runs: readonly number[]): AreaStatement {
  const ofRuns = condition(`t.run in (${runs.map(() => '?').join(', ')})`, ...runs);
  const { sql, values } = all([ofRuns, ...ofRow(area, request, of)]);
  const week = `yearweek(t.${identifier(area.time)}, 3)`;
  return { sql: `select ${week} as week, count(*) as n\nfrom ${qualifiedName(of.side.rows)} t${where(sql)}\ngroup by ${week}`, values };
}

function ofRow(area: Area, request: ResolvedRequest, { side, piece, outside }: RowsIn): readonly Condition[] {
  const time = `t.${identifier(area.time)}`;
  return [
    ...request.by.map((point) => inBox(point, point === side.point ? piece : (request.box ?? piece))),
    ...(outside === undefined ? [] : [not(inBox(outside, piece))]),
    ...ofValue(area, request, 't'),
    ...(request.from === undefined ? [] : [condition(`${time} >= ?`, `${request.from} 00:00:00`)]),
    ...(request.to === undefined ? [] : [condition(`${time} <= ?`, `${request.to} 23:59:59`)]),
  ];
}

function inBox(point: string, { west, east, south, north }: Box): Condition {
  const [lon, lat] = ['lon', 'lat'].map((axis) => `t.${identifier(`${point}_${axis}`)}`);
  const longitude = west <= east ? `${lon} between ? and ?` : `(${lon} >= ? or ${lon} <= ?)`;
  return condition(`${longitude} and ${lat} between ? and ?`, west, east, south, north);
}
