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
    ...pipeline.entityLoads.map((load) => ({
      path: `rendered/process_${isOnly(load, pipeline) ? load.entity : `${load.entity}_from_${load.feed}`}.sql`,
      text: statements(inOrder(load)),
    })),
    {
      path: 'rendered/load_vault.sql',
      text: statements(pipeline.vaultLoads.flatMap(({ fromChanges }) => fromChanges.map(({ sql }) => sql))),
    },
  ];
}

/** Whether the entity takes the rows of one feed alone. */
function isOnly({ entity }: EntityLoad, { entityLoads }: Rendered): boolean {
  return entityLoads.filter((load) => load.entity === entity).length === 1;
}

function ddl(tables: readonly Table[], schema: string, { definition }: Rendered): readonly string[] {
  return [...tables.map(createTable), ...(schema === 'gear' ? recentChangesView([definition]).statements : [])];
}

function inOrder({ how, recordLeftOut }: EntityLoad): readonly string[] {
  const leftOut = recordLeftOut === undefined ? [] : [recordLeftOut];
  if (how.kind === 'replace') return [...replaceInOrder(how.replace), ...leftOut];
  const { dropWork, ...merge } = how.merge;
  return [...appendInOrder(how.append), ...mergeInOrder(merge), ...leftOut, dropWork];
}

function replaceInOrder(replace: EntityReplace): readonly string[] {
  const { count, deleteOthers, findHeld, insert, deleteEarlier, countHeld, insertFree } = replace;
  return [count, deleteOthers, findHeld, insert, deleteEarlier, countHeld, insertFree];
}

function appendInOrder(append: EntityAppend | undefined): readonly string[] {
  return append ? [append.peek, append.count, append.findLowest, append.compare, append.appendBulk, append.recordChanges] : [];
}

function mergeInOrder(merge: Omit<EntityMerge, 'dropWork'>): readonly string[] {
  return [
    merge.createWork,
    merge.fillWork,
    merge.markOutdated,
    merge.recordChanges,
    merge.mergeBulk,
    merge.recordCounts,
    merge.findFollowers,
    merge.recordChangesOfRun,
    merge.mergeBulkOfRun,
    merge.recordCountsOfRun,
    ...merge.assignIds.map(({ sql }) => sql),
  ];
}

function statements(texts: readonly string[]): string {
  return `${notice}\n${texts.map((text) => `${text};\n`).join('\n')}`;
}
