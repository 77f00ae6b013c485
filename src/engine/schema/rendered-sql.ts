import type { CompiledPipeline } from '../compiled-pipeline.js';
import { renderAppend, type EntityAppend } from '../bulk/append.js';
import { createTable } from '../sql/create-table.js';
import { renderMerge, type EntityMerge } from '../bulk/merge.js';
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
  const { definition } = pipeline;
  const tables = pipelineTables(pipeline);
  return [
    ...schemas.map((schema) => {
      const own = tables.filter((table) => table.name.startsWith(`${schema}.`));
      return { path: `rendered/${schema}.sql`, text: statements(ddl(own, schema, pipeline)) };
    }),
    ...definition.feeds.flatMap((feed) =>
      feed.entities.map((entity) => ({
        path: `rendered/process_${entity.name}.sql`,
        text: statements([...appendInOrder(renderAppend(feed, entity)), ...inOrder(renderMerge(feed, entity, definition.surrogates))]),
      })),
    ),
    {
      path: 'rendered/load_vault.sql',
      text: statements(pipeline.vaultLoads.flatMap(({ fromChanges }) => fromChanges.map(({ sql }) => sql))),
    },
  ];
}

function ddl(tables: readonly Table[], schema: string, { definition }: Rendered): readonly string[] {
  return [...tables.map(createTable), ...(schema === 'gear' ? recentChangesView([definition]).statements : [])];
}

function appendInOrder(append: EntityAppend | undefined): readonly string[] {
  return append ? [append.peek, append.count, append.findLowest, append.compare, append.appendBulk, append.recordChanges] : [];
}

function inOrder(merge: EntityMerge): readonly string[] {
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
    merge.dropWork,
  ];
}

function statements(texts: readonly string[]): string {
  return `${notice}\n${texts.map((text) => `${text};\n`).join('\n')}`;
}
