import { sourceState } from '../../activities/owner/source-state.js';
import type { Project } from '../../config/load-project.js';
import { shownWarehouse } from '../../engine/source-owner.js';
import { projectStores } from '../../config/project-stores.js';
import type { Cli } from '../cli.js';
import { finding, type Finding } from './finding.js';

/** Whether the source is this warehouse's, and the warehouse holds what it once did. */
export function checkOwner(cli: Cli, project: Project, pipeline: string): Promise<Finding> {
  return finding(`owner of the source of ${pipeline}`, () =>
    cli.withWarehouse(project, async (warehouse) => {
      const { owner, problem, warning } = await sourceState({ warehouse, pipeline, store: projectStores(project).sourceOf(pipeline) });
      if (problem !== undefined) return { state: 'wrong', message: problem };
      if (warning !== undefined) return { state: 'warning', message: warning };
      return owner ? `this warehouse, ${shownWarehouse(owner)}, since ${owner.since}` : 'none yet. The first pickup marks the source';
    }),
  );
}
