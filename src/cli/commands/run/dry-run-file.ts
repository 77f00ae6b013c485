import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { tryFile, type TrialResult } from '../../../activities/trial/try-file.js';
import type { ActivityScope } from '../../../activities/run-activity.js';
import type { Project } from '../../../config/load-project.js';
import { createEnrichments } from '../../../connectors/enrichments.js';
import { openStore } from '../../../connectors/open-store.js';
import { visibleLine } from '../../../contracts/escape-controls.js';
import { counted, grouped } from '../../../contracts/format-numbers.js';
import type { CompiledPipeline } from '../../../engine/compiled-pipeline.js';
import { feedsOfKey } from '../../../engine/definition/match/feeds-of-key.js';
import { partitionsOf } from '../../../engine/definition/match/partitions.js';
import type { FeedDefinition } from '../../../engine/definition/types.js';
import type { ObjectStore, ObjectVersion } from '../../../engine/object-store.js';
import { pipelineTables } from '../../../engine/schema/warehouse-schema.js';
import { tableDifferences } from '../../../engine/schema/schema-difference.js';
import { StrataError } from '../../../engine/strata-error.js';
import { createStores } from '../../../engine/stores.js';
import type { Warehouse } from '../../../engine/warehouse.js';
import { describeTables } from '../../../gear/migrate/describe-tables.js';
import type { Cli } from '../../cli.js';
import { UsageError } from '../../usage-error.js';

/** Nobody follows a trial: it says at its end what it found. */
function quietScope(signal: AbortSignal): ActivityScope {
  const nothing = () => undefined;
  const log = { log: nothing, trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };
  return { signal, attempt: 1, report: nothing, count: nothing, log };
}

/** `strata run --dry-run <file>`: what loading a local file would do to the warehouse, which stays as it is. */
export async function dryRunFile(
  cli: Cli,
  project: Project,
  compiled: CompiledPipeline,
  { file, name, json }: { readonly file: string; readonly name: string; readonly json: boolean },
): Promise<void> {
  const { feed, date } = feedOfName(compiled, name);
  const result = await tryRows(cli, project, compiled, { file, name, feed: feed.name, date });
  if (json) return cli.out.json({ pipeline: compiled.definition.name, feed: feed.name, ...(date !== undefined && { date }), ...result });
  print(cli, feed, visibleLine(name), result);
}

/** A local file that is tried as one of the feed. */
interface LocalFile {
  readonly file: string;
  /** The name that it would have in the source; its own when left out. */
  readonly name?: string;
  readonly feed: string;
  readonly date?: string | undefined;
}

/** What loading a local file as one of the feed would do; all of it is rolled back. */
export async function tryRows(
  cli: Cli,
  project: Project,
  compiled: CompiledPipeline,
  { file, name = basename(file), feed, date }: LocalFile,
): Promise<TrialResult> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) throw new UsageError(`there is no file ${visibleLine(file)}`);
  const folder = openStore(pathToFileURL(dirname(resolve(file))).href);
  const local = await versionOf(folder, basename(file));
  const object = { ...local, key: name };
  const store = namedStore(folder, local.key);
  const { settings, schema, pipelines } = project;
  return cli.withWarehouse(project, async (warehouse) => {
    await refuseOtherTables(warehouse, settings.schemaPrefix, compiled);
    const deps = {
      warehouse,
      pipelines,
      stores: createStores(new Map(), () => store),
      enrichments: createEnrichments(settings.geoDatabase),
    };
    const tried = { pipeline: compiled.definition.name, feed, storeUrl: store.url, object, date };
    return tryFile(deps, schema, tried, quietScope(new AbortController().signal));
  });
}

/** A store that has its file under any name: the name says how a file is packed. */
function namedStore(store: ObjectStore, key: string): ObjectStore {
  const named = Object.create(store) as { -readonly [Name in keyof ObjectStore]: ObjectStore[Name] };
  named.read = (version, options) => store.read({ ...version, key }, options);
  return named;
}

function feedOfName({ definition }: CompiledPipeline, name: string): { readonly feed: FeedDefinition; readonly date: string | undefined } {
  const [feed, other] = feedsOfKey(definition.feeds)(name);
  if (feed === undefined) {
    const patterns = definition.feeds.map((each) => `  ${each.name}: ${each.match}`);
    throw new UsageError(
      [
        `${visibleLine(name)} matches no feed of ${definition.name}. Give it with --as a name that one of these patterns matches:`,
        ...patterns,
      ].join('\n'),
    );
  }
  if (other !== undefined)
    throw new UsageError(`${visibleLine(name)} matches the feeds ${feed.name} and ${other.name}. Give it another name with --as`);
  const { date, mistake } = partitionsOf(feed)(name);
  if (mistake !== undefined) throw new UsageError(`${visibleLine(name)} would be left alone by the feed ${feed.name}: ${mistake}`);
  return { feed, date };
}

async function versionOf(store: ObjectStore, name: string): Promise<ObjectVersion> {
  for await (const page of store.list({ recursive: false, unsettled: true, only: (key) => key === name })) {
    const object = page.find(({ key }) => store.relativeKey(key) === name);
    if (object) return object;
  }
  throw new UsageError(`${visibleLine(name)} would not be picked up: a file's name may not begin with a dot`);
}

async function refuseOtherTables(warehouse: Warehouse, prefix: string, compiled: CompiledPipeline): Promise<void> {
  const tables = await warehouse.session((statements) => describeTables(statements, prefix));
  const differences = pipelineTables(compiled).flatMap((table) => tableDifferences(table, tables.get(table.name)));
  if (differences.length === 0) return;
  throw new StrataError(
    'misconfigured',
    `the file can be tried only in tables of these definitions:\n${differences.map(({ text }) => `  - ${text}`).join('\n')}\nRun: strata migrate`,
  );
}

function print({ out }: Cli, feed: FeedDefinition, name: string, result: TrialResult): void {
  if (result.problem !== null)
    return out.prose(`${name} would be refused by the feed ${feed.name}: ${result.problem}. Nothing was changed`);
  const { rowsStaged, rowsQuarantined, reasons, entities } = result;
  out.prose(
    `${name} is of the feed ${feed.name}: ${counted(rowsStaged, 'good row')}, and ${grouped(rowsQuarantined)} would go to quarantine`,
  );
  const deletes = entities.some(({ deleted }) => deleted > 0);
  out.table(
    [...['entity', 'inserted', 'updated', ...(deletes ? ['deleted'] : [])], ...['unchanged', 'superseded', 'outdated', 'left out']],
    entities.map(({ entity, ...n }) => [
      entity,
      ...[n.inserted, n.updated, ...(deletes ? [n.deleted] : []), n.unchanged, n.superseded, n.outdated, n.leftOut].map((count) =>
        grouped(count),
      ),
    ]),
  );
  if (reasons.length > 0)
    out.table(
      ['reason', 'rows'],
      reasons.map(({ reason, rows }) => [reason, grouped(rows)]),
    );
  out.prose('All of it was rolled back: nothing was changed');
}
