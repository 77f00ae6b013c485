import { planOutputs } from '../../../activities/outputs/plan-outputs.js';
import type { Project } from '../../../config/load-project.js';
import { projectStores } from '../../../config/project-stores.js';
import type { Period } from '../../../contracts/activities/refs.js';
import type { RunInput } from '../../../contracts/workflows.js';
import type { CompiledPipeline } from '../../../engine/compiled-pipeline.js';
import type { Warehouse } from '../../../engine/warehouse.js';
import { foundFiles } from './found-files.js';

export interface Incomplete {
  /** In order. */
  readonly dates: readonly string[];
  /** That has all of them. */
  readonly period: Period;
}

/** The dates of a run that have files which are not loaded, or outputs that are not up to date; undefined where there are none. */
export async function incompleteDates(
  project: Project,
  warehouse: Warehouse,
  compiled: CompiledPipeline,
  input: RunInput,
): Promise<Incomplete | undefined> {
  const files = await foundFiles({ project, warehouse, compiled, input, leftAlone: [] });
  const dates = new Set(files.flatMap(({ date, newFiles }) => (date !== null && newFiles > 0 ? [date] : [])));
  const { definition, datedOutputs } = compiled;
  const hasExports = datedOutputs.some(({ kind }) => kind === 'dated-export');
  const storeUrl = hasExports ? projectStores(project).exportsOf(definition.name).url : undefined;
  const wish = { pipeline: definition.name, dates: input.dates, feeds: input.feeds };
  for (let after: string | undefined, more = datedOutputs.length > 0; more;) {
    const plan = await planOutputs(warehouse, compiled, wish, { after, storeUrl });
    for (const { date, asked } of plan.dates) if (asked) dates.add(date);
    after = plan.next ?? undefined;
    more = plan.next !== null;
  }
  const sorted = [...dates].sort();
  const [from, to] = [sorted[0], sorted.at(-1)];
  return from === undefined || to === undefined ? undefined : { dates: sorted, period: { from, to } };
}
