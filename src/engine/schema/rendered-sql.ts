import type { CompiledPipeline } from '../compiled-pipeline.js';
import type { EntityAppend } from '../bulk/append.js';
import type { EntityLoad } from '../bulk/entity-loads.js';
import { createTable } from '../sql/create-table.js';
import type { EntityMerge } from '../bulk/merge.js';
import type { EntityReplace } from '../bulk/replace.js';
import { schemas } from '../sql/qualify.js';
import type { Table } from '../bulk/tables.js';
import { pipelineTables, recentChangesView } from './warehouse-schema.js';

/** A file for people to read and compare: what the engine made of a definition. */
export interface RenderedFile {
  /** Below the pipeline's SQL folder. */
  readonly path: string;
  readonly text: string;
}

type Rendered = Omit<CompiledPipeline, 'fingerprint'>;

const notice =
  '-- Rendered from the definition by `strata render`; migrate and the worker run the same texts with the schema prefix put in.\n';

/** The DDL by schema, the statements that merge each entity and those that load the vault, as they are kept under sql/<pipeline>/rendered. */
export function renderedSql(pipeline: Rendered): readonly RenderedFile[] {
  const tables = pipelineTables(pipeline);
  return [
    ...schemas.map((schema) => {
      const own = tables.filter((table) => table.name.startsWith(`${schema}.`));
      return { path: `rendered/${schema}.sql`, text: statements(ddl(own, schema, pipeline)) };
    }),
    ...[...new Set(pipeline.entityLoads.map(({ entity }) => entity))].flatMap((entity) =>
      processing(
        entity,
        pipeline.entityLoads.filter((load) => load.entity === entity),
      ),
    ),
    {
      path: 'rendered/load_vault.sql',
      text: statements(pipeline.vaultLoads.flatMap(({ fromChanges }) => fromChanges.map(({ sql }) => sql))),
    },
  ];
}

/** A file for an entity; where several feeds fill it, what they share is in that, and what is a feed's own in a file for each. */
function processing(entity: string, loads: readonly EntityLoad[]): readonly RenderedFile[] {
  const file = (name: string, texts: readonly string[]) => ({ path: `rendered/process_${name}.sql`, text: statements(texts) });
  const [first] = loads;
  if (first?.how.kind === 'append') return [];
  if (first === undefined || loads.length === 1) return loads.map((load) => file(entity, inOrder(load)));
  const shared = first.how.kind === 'merge' ? [file(entity, mergeInOrder(first.how.merge, [], []))] : [];
  return [...shared, ...loads.map((load) => file(`${entity}_from_${load.feed}`, ownInOrder(load)))];
}

function ddl(tables: readonly Table[], schema: string, { definition }: Rendered): readonly string[] {
  return [...tables.map(createTable), ...(schema === 'gear' ? recentChangesView([definition]).statements : [])];
}

function inOrder(load: EntityLoad): readonly string[] {
  const { how } = load;
  if (how.kind !== 'merge') return ownInOrder(load);
  return [...appendInOrder(how.append), ...mergeInOrder(how.merge, [how.fillWork], leftOut(load))];
}

/** The statements that only this feed has. */
function ownInOrder(load: EntityLoad): readonly string[] {
  const { how } = load;
  if (how.kind === 'append') return [];
  const own = how.kind === 'replace' ? replaceInOrder(how.replace) : [...appendInOrder(how.append), how.fillWork];
  return [...own, ...leftOut(load)];
}

function leftOut({ recordLeftOut }: EntityLoad): readonly string[] {
  return recordLeftOut === undefined ? [] : [recordLeftOut];
}

function replaceInOrder(replace: EntityReplace): readonly string[] {
  const { count, deleteOthers, findHeld, insert, deleteEarlier, countHeld, insertFree } = replace;
  return [count, deleteOthers, findHeld, insert, deleteEarlier, countHeld, insertFree];
}

function appendInOrder(append: EntityAppend | undefined): readonly string[] {
  return append ? [append.peek, append.count, append.findLowest, append.compare, append.appendBulk, append.recordChanges] : [];
}

function mergeInOrder(merge: EntityMerge, fill: readonly string[], counts: readonly string[]): readonly string[] {
  return [
    merge.createWork,
    ...fill,
    merge.markOutdated,
    merge.recordChanges,
    merge.mergeBulk,
    merge.recordCounts,
    merge.findFollowers,
    merge.recordChangesOfRun,
    merge.mergeBulkOfRun,
    merge.recordCountsOfRun,
    ...(merge.giveIds === undefined ? [] : [merge.giveIds]),
    ...merge.assignIds.map(({ sql }) => sql),
    ...counts,
    merge.dropWork,
  ];
}

function statements(texts: readonly string[]): string {
  return `${notice}\n${texts.map((text) => `${text};\n`).join('\n')}`;
}
