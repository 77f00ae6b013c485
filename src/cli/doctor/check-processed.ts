import type { Project } from '../../config/load-project.js';
import { projectStores } from '../../config/project-stores.js';
import { lastRunOf } from '../../connectors/lake/read-lake.js';
import { finding, type Finding } from './finding.js';

/** Whether a pipeline's processed bucket can be reached; a pipeline without one has nothing to be said of. */
export async function* checkProcessed(project: Project, pipeline: string): AsyncGenerator<Finding> {
  const { processed } = project.pipelines.get(pipeline)?.definition ?? {};
  if (!processed) return;
  yield await finding(`processed bucket of ${pipeline}`, async () => {
    const bucket = projectStores(project).processedOf(pipeline);
    if (!bucket) return `nothing is written, for ${processed.into} is not set. To have one, set it for every worker`;
    await bucket.check();
    return `${bucket.url} (${processed.into}), ${await lastRunOf(bucket)} runs`;
  });
}
