import type { AreaDefinition, PipelineDefinition } from '../definition/types.js';
import { bulkName, keptSumsName } from '../names.js';

/**
 * What is kept of an area's rows, so that a question reads rows only along the edges of its box: `cells` by cell and week, `totals` by week,
 * and by day `cell_days` and `total_days` for weeks that are cut.
 */
export const keptSums = ['cell_days', 'cells', 'total_days', 'totals'] as const;
export type KeptSums = (typeof keptSums)[number];

/** An area with the names of its tables. */
export interface Area extends AreaDefinition {
  readonly pipeline: string;
  /** The entity's. */
  readonly rows: string;
  /** What the ids of its column `of` stand for. */
  readonly names: string;
  /** The views of what is kept. */
  readonly sums: Readonly<Record<KeptSums, string>>;
}

export function resolveArea(pipeline: Pick<PipelineDefinition, 'name' | 'tablePrefix'>, area: AreaDefinition): Area {
  const sums = (what: KeptSums) => keptSumsName(pipeline, area.entity, area.name, what);
  return {
    ...area,
    pipeline: pipeline.name,
    rows: bulkName(pipeline, area.entity),
    names: bulkName(pipeline, `${area.entity}_${area.of}`),
    sums: { cell_days: sums('cell_days'), cells: sums('cells'), total_days: sums('total_days'), totals: sums('totals') },
  };
}
