import { createHash } from 'node:crypto';
import type { CompiledPipeline } from '../compiled-pipeline.js';
import { sumsTable, sumsView } from '../additive/additive-tables.js';
import { datedMartTable } from '../dated/dated-mart-statements.js';
import { checkedOutput } from '../dated/dated-output.js';
import type { PipelineDefinition } from '../definition/types.js';
import { appendTables, dictionaryTables } from '../append/append-tables.js';
import { hasTombstones, snapshotOf } from '../entities/deletes.js';
import { appendEntity, entitiesOf, keyedEntities } from '../entities/entity.js';
import { feedGroups } from '../entities/feed-groups.js';
import { checkedExport } from '../exports/export.js';
import { checkedStatements, type CheckedStatement } from '../marts/checked-statements.js';
import { createView, martTables } from '../marts/mart-tables.js';
import { checkedViews } from '../processed/checked-views.js';
import { contractChecksum } from '../read/contract.js';
import { surrogateName, tableOf } from '../names.js';
import { qualifiedName } from '../sql/create-table.js';
import { vaultTables } from '../vault/vault-tables.js';
import { identifier, stringLiteral } from '../sql/identifier.js';
import { bulkTable, changesTable, deletedTable, idsTable, stagingTable, surrogateTable, type Table } from '../bulk/tables.js';

/** A text that migrate applies whenever its checksum is not the applied one: a view, a static table's rows. */
export interface AppliedText {
  /** Qualified name, also its name in gear.applied. */
  readonly name: string;
  readonly statements: readonly string[];
  readonly checksum: Buffer;
  /** Workers do without it, so one that is another project's holds none of them back. */
  readonly optional?: boolean;
  /** What files of views may read, so it must be there before the server looks at them. */
  readonly isRead?: boolean;
}

/** SHA-256 of statements, with their number and lengths so that none can be read as another list. */
export function checksumOf(statements: readonly string[]): Buffer {
  const hash = createHash('sha256');
  for (const statement of statements) hash.update(`${Buffer.byteLength(statement)}:`).update(statement);
  return hash.digest();
}

/** The tables that a pipeline's feeds, entities and surrogates need. */
export function feedTables(pipeline: PipelineDefinition): readonly Table[] {
  return [
    ...pipeline.feeds.filter(({ name }) => !appendEntity(pipeline, name)).map((feed) => stagingTable(pipeline, feed)),
    ...entitiesOf(pipeline).flatMap((entity) => (entity.append ? appendTables(entity) : [bulkTable(entity)])),
    ...keyedEntities(pipeline).map(changesTable),
    ...keyedEntities(pipeline).flatMap((entity) => deletedTable(entity) ?? []),
    ...keyedEntities(pipeline).flatMap((entity) => idsTable(entity) ?? []),
    ...pipeline.surrogates.map((surrogate) => surrogateTable(pipeline, surrogate)),
  ];
}

/**
 * `gear.recent_changes`: the changes of every entity of every pipeline in one list, for people. Where processes of one warehouse load
 * different pipelines, it shows those of the last migrate.
 */
export function recentChangesView(pipelines: readonly PipelineDefinition[]): AppliedText {
  const parts = pipelines.flatMap((pipeline) =>
    keyedEntities(pipeline).map(
      (
        entity,
      ) => `select ${stringLiteral(pipeline.name)} as pipeline, ${stringLiteral(entity.group)} as feed, ${stringLiteral(entity.name)} as entity,
  c.batch_number, c.load_id, c.change_kind, concat_ws(', ', ${entity.key.map((name) => `c.\`${name}\``).join(', ')}) as business_key, b.committed_at
from ${qualifiedName(entity.tables.changes)} c
join gear.batches b on b.pipeline = ${stringLiteral(pipeline.name)} and b.feed = ${stringLiteral(entity.group)} and b.batch_number = c.batch_number`,
    ),
  );
  const statements = [`create or replace view gear.recent_changes as\n${parts.length > 0 ? parts.join('\nunion all\n') : noChanges}`];
  return { name: 'gear.recent_changes', statements, checksum: checksumOf(statements), optional: true };
}

/** Where no entity has changes. */
const noChanges = `select '' as pipeline, '' as feed, '' as entity, 0 as batch_number, 0 as load_id, '' as change_kind, '' as business_key, null as committed_at
from (select 1) nothing where false`;

/** What distinguishes a pipeline's definitions from others. */
export interface DefinitionMark {
  readonly pipeline: string;
  readonly fingerprint: string;
  /** Checksums of the feeds' contracts, by feed. */
  readonly contracts: Readonly<Record<string, string>>;
  /** The group of each feed. */
  readonly groups: ReadonlyMap<string, string>;
  /** How keys go, of each entity with a key. */
  readonly deletions?: readonly EntityDeletions[];
}

export interface EntityDeletions {
  readonly entity: string;
  /** Feeds whose files delete keys that they lack. */
  readonly snapshots: readonly string[];
  /** Rows of a feed can say that their key is deleted. */
  readonly tombstones: boolean;
}

/** All that migrate makes and the worker requires. */
export interface WarehouseSchema {
  /** The gear's own tables: numbered SQL files, in order; each statement can run again. */
  readonly migrations: readonly { readonly name: string; readonly text: string }[];
  readonly tables: readonly Table[];
  /** Views and static tables, in order of their dependencies. */
  readonly texts: readonly AppliedText[];
  /** What files of marts and views make the server run; migrate lets it look at them first. Absent: there are no such files. */
  readonly checked?: readonly CheckedStatement[];
  /** Statements that can run again and leave what is there: rows that the engine relies on. */
  readonly seeds: readonly { readonly sql: string; readonly values: readonly (string | number)[] }[];
  /** What workers must have in order to work in this warehouse, by pipeline. */
  readonly fingerprints: readonly DefinitionMark[];
}

/** Who gives new ids of a surrogate or a dictionary takes its row. */
function idTables(pipeline: PipelineDefinition): readonly string[] {
  return [...pipeline.surrogates.map(({ name }) => name), ...dictionaryTables(pipeline).map(tableOf)];
}

/** A row for every feed, and the names that have an id before any delivery. */
export function seedRows(pipelines: readonly PipelineDefinition[]): WarehouseSchema['seeds'] {
  return pipelines.flatMap((pipeline) => [
    ...[...feedGroups(pipeline)].map(([feed, group]) => ({
      sql: `insert into gear.feeds (pipeline, feed, feed_group)
select d.pipeline, d.feed, d.feed_group from (select ? as pipeline, ? as feed, ? as feed_group) d
where not exists (select 1 from gear.feeds f where f.pipeline = d.pipeline and f.feed = d.feed)`,
      values: [pipeline.name, feed, group],
    })),
    ...idTables(pipeline).map((name) => ({
      sql: `insert into gear.surrogates (name)
select d.name from (select ? as name) d where not exists (select 1 from gear.surrogates s where s.name = d.name)`,
      values: [name],
    })),
    ...pipeline.surrogates.flatMap((surrogate) =>
      (surrogate.initial ?? []).map((name) => ({
        sql: `insert into ${qualifiedName(surrogateName(surrogate.name))} (${identifier(surrogate.id)}, ${identifier(surrogate.value)})
select coalesce(max(${identifier(surrogate.id)}), 0) + 1, ? from ${qualifiedName(surrogateName(surrogate.name))}
having not exists (select 1 from ${qualifiedName(surrogateName(surrogate.name))} known where known.${identifier(surrogate.value)} = ?)`,
        values: [name, name],
      })),
    ),
  ]);
}

/** The watermark of a mart or vault table that is no longer defined would hold back the pruning of changes for ever. */
function forgetTargets({ definition, catalog, vaultLoads, processed }: CompiledPipeline): WarehouseSchema['seeds'] {
  const targets = [...catalog.marts, ...catalog.additiveMarts, ...vaultLoads, ...processed].map(({ target }) => target);
  const forgotten = `pipeline = ?${targets.length > 0 ? ` and target not in (${targets.map(() => '?').join(', ')})` : ''}`;
  const values = [definition.name, ...targets];
  return [
    { sql: `delete from gear.mart_watermarks where target in (select target from gear.marts where ${forgotten})`, values },
    { sql: `delete from gear.marts where ${forgotten}`, values },
  ];
}

/** Every table of a pipeline, in the order of the layers. */
export function pipelineTables({ definition, catalog }: Pick<CompiledPipeline, 'definition' | 'catalog'>): readonly Table[] {
  return [
    ...feedTables(definition),
    ...vaultTables(definition),
    ...catalog.marts.flatMap(martTables),
    ...catalog.datedMarts.map(datedMartTable),
    ...catalog.additiveMarts.map(sumsTable),
  ];
}

function appliedView(name: string, statement: string): AppliedText {
  return { name, statements: [statement], checksum: checksumOf([statement]) };
}

/** Everything that the pipelines need in one warehouse. `migrations` are the numbered files of sql/migrations, in order. */
export function warehouseSchema(pipelines: readonly CompiledPipeline[], migrations: WarehouseSchema['migrations']): WarehouseSchema {
  const definitions = pipelines.map(({ definition }) => definition);
  const views = pipelines.flatMap(({ catalog }) => catalog.views);
  return {
    migrations,
    tables: pipelines.flatMap(pipelineTables),
    texts: [
      recentChangesView(definitions),
      ...pipelines.flatMap(({ catalog, definition }) =>
        catalog.additiveMarts.map((mart) => ({ ...appliedView(mart.target, sumsView(mart, definition.name)), isRead: true })),
      ),
      ...views.map((view) => appliedView(view.target, createView(view))),
    ],
    checked: pipelines.flatMap((pipeline) => [
      ...checkedStatements(pipeline),
      ...checkedViews(pipeline),
      ...pipeline.exports.map(checkedExport),
      ...pipeline.datedOutputs.map(checkedOutput),
    ]),
    seeds: [...seedRows(definitions), ...pipelines.flatMap(forgetTargets)],
    fingerprints: pipelines.map(({ definition, fingerprint }) => ({
      pipeline: definition.name,
      fingerprint,
      contracts: Object.fromEntries(definition.feeds.map((feed) => [feed.name, contractChecksum(feed)])),
      groups: feedGroups(definition),
      deletions: entityDeletions(definition),
    })),
  };
}

/** How keys go, of each entity with a key. */
export function entityDeletions(definition: PipelineDefinition): readonly EntityDeletions[] {
  return keyedEntities(definition).map((entity) => ({
    entity: entity.name,
    snapshots: entity.sources.filter(snapshotOf).map(({ feed }) => feed.name),
    tombstones: hasTombstones(entity),
  }));
}
