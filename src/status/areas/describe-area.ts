import type { Area } from '../../engine/areas/area.js';
import { byChoices } from '../../engine/areas/area-request.js';
import { rowCount } from '../../engine/areas/cells.js';
import { cornerOf } from '../../engine/areas/square-grid.js';
import { mondayOf, weekOfYearWeek } from '../../engine/areas/weeks.js';
import { addDays } from '../../contracts/dates/dates.js';
import { qualifiedName } from '../../engine/sql/create-table.js';
import { identifier } from '../../engine/sql/identifier.js';
import type { Statements, Warehouse } from '../../engine/warehouse.js';
import { withSnapshots } from './snapshots.js';

/** Values of the column `of` that a page lists. */
const mostValues = 500;

/** What a page about an area has to know before it asks, as JSON has it. */
export interface AreaDescription {
  readonly pipeline: string;
  readonly area: string;
  readonly description: string;
  /** What is counted, such as trips. */
  readonly entity: string;
  readonly points: readonly string[];
  /** What `by` may be. */
  readonly by: readonly string[];
  /** The column that values are of, such as region. */
  readonly of: string;
  /** In order of their names; the most common 500. */
  readonly values: readonly string[];
  /** There are more. */
  readonly hasMoreValues: boolean;
  /** Where rows lie, in degrees, by whole cells: west, south, east, north. Null where there are none. */
  readonly bounds: readonly [number, number, number, number] | null;
  /** The Monday of the first week and the Sunday of the last one that has rows. */
  readonly days: readonly [string, string] | null;
}

/** Describes an area from its definition and its kept sums. */
export function describeArea(warehouse: Warehouse, area: Area): Promise<AreaDescription> {
  return withSnapshots(
    warehouse,
    1,
    async () => undefined,
    async ([statements]) => {
      const { pipeline, name, description, entity, points, of } = area;
      const values = await commonValues(statements, area);
      return {
        pipeline,
        area: name,
        description: description ?? `count ${entity} in an area, week by week`,
        entity,
        points,
        by: byChoices(area),
        of,
        values: values.slice(0, mostValues).sort(),
        hasMoreValues: values.length > mostValues,
        bounds: await boundsOf(statements, area),
        days: await daysOf(statements, area),
      };
    },
  );
}

async function commonValues(statements: Statements, { of, names, sums }: Area): Promise<string[]> {
  const rows = await statements.query<{ value: string }>(`select v.value
from (
  select s.${identifier(of)} as id, sum(s.n) as n
  from ${qualifiedName(sums.totals)} s
  group by s.${identifier(of)}
  order by n desc, id
  limit ${mostValues + 1}
) c
join ${qualifiedName(names)} v on v.id = c.id
order by c.n desc, c.id`);
  return rows.map(({ value }) => value);
}

async function boundsOf(statements: Statements, { sides: [{ sums }] }: Area): Promise<AreaDescription['bounds']> {
  const [row] = await statements.query<Record<'west' | 'east' | 'south' | 'north', number | string | null>>(
    `select min(cell) div ? as west, max(cell) div ? as east, min(cell % ?) as south, max(cell % ?) as north from ${qualifiedName(sums.cells)}`,
    [rowCount, rowCount, rowCount, rowCount],
  );
  if (!row || row.west === null) return null;
  const corner = (column: unknown, line: unknown) =>
    cornerOf({ columns: { first: Number(column), last: 0 }, rows: { first: Number(line), last: 0 } });
  const [first, last] = [corner(row.west, row.south), corner(row.east, row.north)];
  return [first.west / 100, first.south / 100, Math.min(last.west + 1, 18_000) / 100, Math.min(last.south + 1, 9_000) / 100];
}

async function daysOf(statements: Statements, { sums }: Area): Promise<AreaDescription['days']> {
  const [row] = await statements.query<{ first: number | null; last: number | null }>(
    `select min(week) as first, max(week) as last from ${qualifiedName(sums.totals)}`,
  );
  if (!row || row.first === null || row.last === null) return null;
  return [mondayOf(weekOfYearWeek(row.first)), addDays(mondayOf(weekOfYearWeek(row.last)), 6)];
}
