import type { AreaDefinition, PipelineDefinition } from '../definition/types.js';
import { copiesOf, type RowsCopy } from '../append/stored-rows.js';
import { entityOf } from '../entities/entity.js';
import { bulkName, keptSumsName } from '../names.js';

/** What is kept of all rows of an area: `totals` by week, and by day `total_days` for weeks that are cut. */
export const totalSums = ['total_days', 'totals'] as const;
export type TotalSums = (typeof totalSums)[number];

/** The same by cell of a side, so that a question reads rows only along the edges of its box. */
export const cellSums = ['cell_days', 'cells'] as const;
export type CellSums = (typeof cellSums)[number];

/** A point by whose cell rows are stored: questions by it are fast. */
export interface AreaSide {
  readonly point: string;
  /** The table of the rows. */
  readonly rows: string;
  /** Of rows that are copied to it. */
  readonly copy: RowsCopy | undefined;
  /** The views of what is kept by cell of the point. */
  readonly sums: Readonly<Record<CellSums, string>>;
}

/** An area with the names of its tables. */
export interface Area extends AreaDefinition {
  readonly pipeline: string;
  /** The entity's. */
  readonly rows: string;
  /** What the ids of its column `of` stand for. */
  readonly names: string;
  /** The views of what is kept of all rows. */
  readonly sums: Readonly<Record<TotalSums, string>>;
  /** The first point, then each other one of which the entity has a copy with all that questions need. */
  readonly sides: readonly [AreaSide, ...AreaSide[]];
}

/** What decides an area's tables. */
export type AreaOwner = Pick<PipelineDefinition, 'name' | 'tablePrefix' | 'feeds' | 'entities'>;

/** Of a definition that was validated. */
export function resolveArea(pipeline: AreaOwner, area: AreaDefinition): Area {
  const sums = (what: string) => keptSumsName(pipeline, area.entity, area.name, what);
  const rows = bulkName(pipeline, area.entity);
  const [first, ...others] = area.points;
  const copies = copiesOf(entityOf(pipeline, area.entity));
  const side = (point: string, copy?: RowsCopy): AreaSide => {
    const before = copy ? `${point}_` : '';
    return {
      point,
      rows: copy?.table ?? rows,
      copy,
      sums: { cell_days: sums(`${before}cell_days`), cells: sums(`${before}cells`) },
    };
  };
  return {
    ...area,
    pipeline: pipeline.name,
    rows,
    names: bulkName(pipeline, `${area.entity}_${area.of}`),
    sums: { total_days: sums('total_days'), totals: sums('totals') },
    sides: [
      side(first!),
      ...others.flatMap((point) => {
        const copy = copies.find(
          ({ cell, columns }) =>
            cell === point &&
            lackedBy(
              area,
              columns.map(({ name }) => name),
            ).length === 0,
        );
        return copy ? [side(point, copy)] : [];
      }),
    ],
  };
}

/** The columns that questions need and a copy lacks. */
export function lackedBy({ of, time, points }: AreaDefinition, columns: readonly string[]): readonly string[] {
  return [of, time, ...points].filter((name) => !columns.includes(name));
}
