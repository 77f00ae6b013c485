import { createHash } from 'node:crypto';
import type { CompiledPipeline } from '../compiled-pipeline.js';
import { undescribed } from '../bulk/tables.js';
import type { MartCatalog } from '../marts/mart.js';
import { renderedSql } from '../schema/rendered-sql.js';
import { contractChecksum } from '../read/contract.js';
import type { PipelineDefinition } from './types.js';

/** Hexadecimal digits: enough to distinguish releases, and short enough for messages. */
const length = 16;

/**
 * Distinguishes one state of a pipeline from another: what its files may hold, the statements that the engine makes of it, its marts. Equal on
 * every machine, so neither paths nor schedules count, which workers do not use.
 */
export function fingerprintOf(pipeline: Omit<CompiledPipeline, 'fingerprint'>): string {
  const extracts = pipeline.definition.extracts?.map((extract) => ({ ...extract, schedule: undefined }));
  const definition = withoutDescriptions(pipeline.definition);
  const { name, sourceSetting, tablePrefix, release, releaseAfter, feeds, entities, surrogates, vault, exportSetting } = definition;
  const { marts, views } = pipeline.catalog;
  const parts = {
    definition: { name, sourceSetting, tablePrefix, release, releaseAfter, feeds, entities, surrogates, vault, exportSetting, extracts },
    contracts: feeds.map(contractChecksum),
    statements: renderedSql({ ...pipeline, definition, catalog: withoutComments(pipeline.catalog) }).map(({ text }) => text),
    marts: marts.map(({ target, checksum }) => [target, checksum.toString('hex')]),
    views: views.map(({ target, select }) => [target, select]),
    additive: pipeline.catalog.additiveMarts.map(({ target, checksum }) => [target, checksum.toString('hex')]),
    exports: pipeline.exports.map(({ name, checksum }) => [name, checksum.toString('hex')]),
    datedOutputs: pipeline.datedOutputs.map(({ output, checksum }) => [output, checksum.toString('hex')]),
    // Left out if there is no processed bucket, so that pipelines without one keep their fingerprint.
    ...(definition.processed && { processed: definition.processed }),
    loads: pipeline.vaultLoads.map(({ target, checksum }) => [target, checksum.toString('hex')]),
  };
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, length);
}

/** What people read of tables and columns changes nothing that workers do. */
function withoutDescriptions(definition: PipelineDefinition): PipelineDefinition {
  const feeds = definition.feeds.map((feed) => ({
    ...feed,
    columns: feed.columns.map((column) => ({ ...column, description: undefined })),
  }));
  return { ...definition, feeds, entities: definition.entities.map((entity) => ({ ...entity, description: undefined })) };
}

function withoutComments(catalog: MartCatalog): MartCatalog {
  const bare = <Each extends { readonly columns: Parameters<typeof undescribed>[0] }>(each: Each) => ({
    ...each,
    columns: undescribed(each.columns),
  });
  return { ...catalog, marts: catalog.marts.map(bare), datedMarts: catalog.datedMarts.map(bare) };
}
