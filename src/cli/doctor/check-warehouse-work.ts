import type { Project } from '../../config/load-project.js';
import { checkStatements } from '../../gear/migrate/check-statements.js';
import { probeRoom } from '../../gear/probe-room.js';
import type { Cli } from '../cli.js';
import { finding, type Finding } from './finding.js';

/** Whether the warehouse would do what workers ask of it: that it has the tables has been looked at before. */
export async function* checkWarehouseWork(cli: Cli, project: Project): AsyncGenerator<Finding> {
  yield await finding('marts', () =>
    cli.withWarehouse(project, async (warehouse) => {
      const { checked = [] } = project.schema;
      const problems = await warehouse.session((statements) => checkStatements(statements, project.settings.schemaPrefix, checked));
      if (problems.length === 0) return `the server can run what is in the files of ${[...project.pipelines.keys()].join(', ')}`;
      return { state: 'wrong', message: ['Correct these files, then run: strata migrate', ...problems].join('\n') };
    }),
  );
  yield await finding('disk of the warehouse', () =>
    cli.withWarehouse(project, async (warehouse) => {
      await probeRoom(warehouse);
      return 'it takes what is written';
    }),
  );
}
