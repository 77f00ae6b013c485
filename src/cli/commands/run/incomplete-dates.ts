import { planOutputs } from '../../../activities/outputs/plan-outputs.js';
import type { Project } from '../../../config/load-project.js';
import { projectStores } from '../../../config/project-stores.js';
import type { Period } from '../../../contracts/activities/refs.js';
import type { RunInput } from '../../../contracts/workflows.js';
import type { CompiledPipeline } from '../../../engine/compiled-pipeline.js';
import type { Warehouse } from '../../../engine/warehouse.js';
import { feedsOfRun, foundFiles, type LeftAlone } from './found-files.js';

export interface Incomplete {
  /** In order. */
  readonly dates: readonly string[];
  /** That has all of them. */
  readonly period: Period;
}

/** Dates with files that are landed and not processed, as after processing failed. */
async function stagedDates(warehouse: Warehouse, compiled: CompiledPipeline, input: RunInput): Promise<readonly string[]> {
  const feeds = feedsOfRun(compiled, input).map(({ name }) => name);
  if (!input.dates || feeds.length === 0) return [];
  const rows = await warehouse.query<{ date: string }>(
    `select distinct cast(partition_date as char) as date from gear.loads
     where pipeline = ? and feed in (${feeds.map(() => '?').join(', ')}) and state = 'staged' and partition_date between ? and ?`,
    [compiled.definition.name, ...feeds, input.dates.from, input.dates.to],
  );
  return rows.map(({ date }) => date);
}

/** The dates of a run that have files which are not loaded, or outputs that are not up to date; undefined where there are none. */
export async function incompleteDates(
  project: Project,
  warehouse: Warehouse,
  compiled: CompiledPipeline,
  input: RunInput,
): Promise<Incomplete | undefined> {
  const leftAlone: LeftAlone[] = [];
  const files = await foundFiles({ project, warehouse, compiled, input, leftAlone });
  const dates = new Set([
    ...files.flatMap(({ date, newFiles }) => (date !== null && newFiles > 0 ? [date] : [])),
    ...leftAlone.flatMap((object) => object.dates),
    ...(await stagedDates(warehouse, compiled, input)),
  ]);
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
