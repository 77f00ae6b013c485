import type { Project } from '../../config/load-project.js';
import { checkServer } from '../../connectors/mysql/checks/check-server.js';
import { checkSchema } from '../../gear/migrate/migrate.js';
import { tlsRisk } from '../../connectors/mysql/public-key.js';
import type { Warehouse } from '../../engine/warehouse.js';
import type { Cli } from '../cli.js';
import { grants, rowsThatAreDeleted } from './check-grants.js';
import { finding, type Finding } from './finding.js';

const oldest = { MariaDB: [10, 11], MySQL: [8, 4] } as const;
const shownDifferences = 20;

/** Login, version, variables of the server, TLS, grants, and whether the schema is what the definitions say. */
export async function* checkWarehouse(cli: Cli, project: Project): AsyncGenerator<Finding> {
  const { schemaPrefix } = project.settings;
  const reached = await finding('warehouse', () => cli.withWarehouse(project, version));
  yield reached;
  if (reached.state === 'wrong') return;
  yield await finding('server variables', () => cli.withWarehouse(project, variables));
  const risk = tlsRisk(project.settings.mysqlUrl ?? '');
  if (risk !== undefined) yield { check: 'TLS to the warehouse', state: 'warning', message: risk };
  yield await finding('schema', () =>
    cli.withWarehouse(project, async (warehouse) => {
      const differences = await checkSchema(warehouse, schemaPrefix, project.schema);
      if (differences.length === 0) return 'as the definitions say';
      const more = differences.length > shownDifferences ? [`and ${differences.length - shownDifferences} more`] : [];
      const message = [
        'the tables are not what the definitions say. Run: strata migrate',
        ...differences.slice(0, shownDifferences),
        ...more,
      ].join('\n');
      return { state: 'wrong', message };
    }),
  );
  yield await finding('grants', () =>
    cli.withWarehouse(project, (warehouse) => grants(warehouse, schemaPrefix, rowsThatAreDeleted(project))),
  );
  yield await finding('administrator', () => cli.withWarehouse(project, version, 'admin'));
}

async function version(warehouse: Warehouse): Promise<string | { state: 'wrong'; message: string }> {
  const [row] = await warehouse.query<{ version: string; login: string }>('select version() as version, current_user() as login');
  const text = String(row?.version);
  const product = /mariadb/i.test(text) ? 'MariaDB' : 'MySQL';
  const [major = 0, minor = 0] = text.split('.').map((part) => Number.parseInt(part, 10));
  const [wantedMajor, wantedMinor] = oldest[product];
  const shown = `${product} ${text} as ${String(row?.login)}`;
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return shown;
  return { state: 'wrong', message: `${shown} is too old. Strata needs MySQL 8.4 or MariaDB 10.11, or a later version` };
}

async function variables(warehouse: Warehouse): Promise<string | { state: 'wrong' | 'warning'; message: string }> {
  const findings = await checkServer(warehouse);
  if (findings.length === 0) return 'as Strata needs them';
  const state = findings.some(({ weight }) => weight !== 'note') ? 'wrong' : 'warning';
  return { state, message: findings.map(({ message }) => message).join('\n') };
}
