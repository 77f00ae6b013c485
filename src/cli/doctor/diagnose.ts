import { feedsOfPickup } from '../../engine/definition/match/feeds-of-key.js';
import { listScopes } from '../../engine/definition/match/list-scope.js';
import { releaseKindOf } from '../../engine/definition/release.js';
import { readSettings } from '../../config/settings.js';
import type { Project } from '../../config/load-project.js';
import { settingSchema, secretNames } from '../../config/setting-names.js';
import { probeReading, probeSource } from '../../connectors/probe-source.js';
import { probeStore } from '../../connectors/s3/probe/probe-store.js';
import { projectStores } from '../../config/project-stores.js';
import type { Cli } from '../cli.js';
import { finding, type Finding } from './finding.js';
import { checkAlerts } from './check-alerts.js';
import { checkWarehouse } from './check-warehouse.js';
import { checkBackfillSources } from './check-backfill-sources.js';
import { checkClocks } from './check-clocks.js';
import { checkOwner } from './check-owner.js';
import { checkProcessed } from './check-processed.js';
import { checkDatabase } from './extracts/check-database.js';
import { checkHttpServer } from './extracts/check-http-server.js';
import { checkSharedSources } from './check-shared-sources.js';
import { checkTemporal } from './check-temporal.js';
import { checkWarehouseWork } from './check-warehouse-work.js';
import { checkWorkers } from './check-workers.js';

/** All checks, in an order in which an early one explains a later one. */
export async function* diagnose(cli: Cli): AsyncGenerator<Finding> {
  yield await finding('settings', async () => {
    readSettings(cli.environment, { warehouse: true });
    const unknown = unknownSettings(cli);
    if (unknown.length === 0) return '';
    return {
      state: 'warning',
      message: `there is no setting ${unknown.join(', ')}. Is it misspelled? docs/reference/settings.md lists all settings`,
    };
  });
  let project: Project | undefined;
  yield await finding('definitions', async () => {
    project = await cli.project();
    return [...project.pipelines.keys()].join(', ');
  });
  if (!project) return;
  yield* checkTemporal(cli, project);
  yield* checkAlerts(cli, project);
  let isMigrated = false;
  if (project.settings.mysqlUrl !== undefined) {
    const findings: Finding[] = [];
    for await (const each of checkWarehouse(cli, project)) {
      findings.push(each);
      yield each;
    }
    // Where tables are missing, all the rest would fail for that reason.
    isMigrated = findings.every(({ check, state }) => check !== 'schema' || state === 'good') && findings[0]?.state === 'good';
    if (isMigrated) yield* checkWarehouseWork(cli, project);
  }
  for (const name of project.pipelines.keys()) {
    yield* checkSource(cli, project, name, isMigrated);
    yield* checkProcessed(project, name);
  }
  for (const [name, { definition }] of project.pipelines)
    for (const extract of definition.extracts ?? [])
      if (extract.kind === 'postgres') yield* checkDatabase(project, name, extract);
      else yield await checkHttpServer(project, name, extract);
  yield* checkSharedSources(project);
  yield await checkBackfillSources(project);
  yield* checkClocks(cli, project);
  yield* checkWorkers(cli, project);
}

function unknownSettings({ environment }: Cli): string[] {
  const known = new Set([...Object.keys(settingSchema.shape), ...secretNames.map((name) => `${name}_FILE`)]);
  return Object.keys(environment).filter((name) => /^STRATA_(?!TEST_|DEMO_|BENCH_|CACHE)/.test(name) && !known.has(name));
}

async function* checkSource(cli: Cli, project: Project, name: string, isMigrated: boolean): AsyncGenerator<Finding> {
  const setting = project.pipelines.get(name)?.definition.sourceSetting ?? '';
  const reached = await finding(`source of ${name}`, async () => {
    readSettings(project.settings.environment, { sources: [setting] });
    const store = projectStores(project).sourceOf(name);
    await store.check();
    return `${store.url} (${setting})`;
  });
  yield reached;
  if (reached.state !== 'good') return;
  if (isMigrated) yield await checkOwner(cli, project, name);
  const isKept = releaseKindOf(project.pipelines.get(name)?.definition ?? {}) === 'keep';
  if (isKept) return yield await checkReading(project, name);
  const behaviour = await finding(`what the source of ${name} does with objects`, async () => {
    const { faults, enforcesIfMatch } = await probeStore(projectStores(project).sourceOf(name));
    if (faults.length > 0) return { state: 'wrong', message: faults.join('\n') };
    if (enforcesIfMatch) return 'lists, shows and deletes them as it should';
    const message =
      'the server ignores If-Match on delete. Strata looks at each file just before it deletes it, but a file that is replaced in the moment between would be lost unread. ' +
      'Use a server that enforces If-Match (AWS S3, VersityGW)';
    return { state: 'warning', message };
  });
  yield behaviour;
  // A store that does not do as S3 does lets the rest fail for that reason.
  if (behaviour.state === 'wrong') return;
  yield await finding(`rights in the source of ${name}`, async () => {
    const read = await readSome(project, name);
    await probeSource(projectStores(project).sourceOf(name));
    return `files can be read (${read} tried), moved to quarantine/ and deleted`;
  });
}

/** Nothing is taken out of a source whose files are kept, so nothing is tried there but reading. */
function checkReading(project: Project, name: string): Promise<Finding> {
  return finding(
    `rights in the source of ${name}`,
    async () => `files can be read (${await readSome(project, name)} tried). Files stay where they are`,
  );
}

/** How many files of the feeds were tried. */
function readSome(project: Project, name: string): Promise<number> {
  const store = projectStores(project).sourceOf(name);
  const definition = project.pipelines.get(name)?.definition ?? { feeds: [] };
  const feedsOf = feedsOfPickup(definition, store.url);
  return probeReading(store, listScopes(definition.feeds), (key) => feedsOf(key).length > 0);
}
