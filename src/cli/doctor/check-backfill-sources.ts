import type { Project } from '../../config/load-project.js';
import { projectStores } from '../../config/project-stores.js';
import { finding, type Finding } from './finding.js';

/** Whether a backfill could have the worker read any place that it has rights to. */
export function checkBackfillSources(project: Project): Promise<Finding> {
  return finding('backfill sources', () => {
    const allowed = project.settings.backfillSources;
    if (allowed !== undefined) return Promise.resolve(`besides the pipelines' own sources: ${allowed.join(', ')}`);
    const stores = projectStores(project);
    const own = [...project.pipelines.keys()].filter((name) => stores.hasSource(name)).map((name) => stores.sourceOf(name).url);
    const example = own[0] ?? 's3://bucket/archive';
    const message =
      'STRATA_BACKFILL_SOURCES is not set: whoever may start a backfill can have the worker read any bucket and folder that the worker may read. ' +
      `Name the places that backfills may read from, for every worker. Where the pipelines' own sources are enough: STRATA_BACKFILL_SOURCES=${example}`;
    return Promise.resolve({ state: 'warning', message });
  });
}
