import type { Command } from 'commander';
import { migrate } from '../../gear/migrate/migrate.js';
import { registerSearchAttributes } from '../../connectors/temporal/search-attributes.js';
import { counted } from '../../contracts/format-numbers.js';
import type { Cli } from '../cli.js';
import { withJson } from '../grammar.js';

/** `strata migrate`: the only command that changes the warehouse's schema and Temporal's namespace. */
export function migrateCommand(command: Command, cli: Cli): void {
  withJson(command, [
    'strata migrate',
    'STRATA_MYSQL_ADMIN_URL=mysql://admin:...@db:3306 strata migrate',
    'strata migrate --warehouse-only',
    'strata migrate --recheck',
  ])
    .option('--warehouse-only', 'do not change Temporal')
    .option('--recheck', 'continue although staged loads were checked by older rules (processing checks them again)')
    .action(async (options: { json?: boolean; warehouseOnly?: boolean; recheck?: boolean }) => {
      const project = await cli.project({ warehouse: true });
      const { settings, schema } = project;
      const { changes } = await cli.withWarehouse(
        project,
        (admin) => migrate(admin, settings.schemaPrefix, schema, { recheck: options.recheck }),
        'admin',
      );
      const searchAttributes = options.warehouseOnly ? [] : await cli.withTemporal(project, registerSearchAttributes);
      if (options.json) return cli.out.json({ changes, searchAttributes });
      for (const change of changes) cli.out.line(change);
      for (const name of searchAttributes) cli.out.line(`search attribute ${name} registered`);
      const count = changes.length + searchAttributes.length;
      cli.out.line(count === 0 ? 'everything is current' : `${counted(count, 'change')} made, and everything is current now`);
    });
}
