import { createHash } from 'node:crypto';
import type { PipelineDefinition } from './definition/types.js';
import { stringLiteral } from './sql/identifier.js';
import { bulkTable, changesTable, stagingTable, surrogateTable, type Table } from './sql/tables.js';

/** A text that migrate applies whenever its checksum is not the applied one: a view, a static table's rows. */
export interface AppliedText {
  /** Qualified name, also its name in gear.applied. */
  readonly name: string;
  readonly statements: readonly string[];
  readonly checksum: Buffer;
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
    ...pipeline.feeds.map(stagingTable),
    ...pipeline.feeds.flatMap((feed) => feed.entities.map((entity) => bulkTable(feed, entity))),
    ...pipeline.feeds.flatMap((feed) => feed.entities.map((entity) => changesTable(feed, entity))),
    ...pipeline.surrogates.map((surrogate) => surrogateTable(pipeline, surrogate)),
  ];
}

/** `gear.recent_changes`: the changes of every entity of every pipeline in one list, for people. */
export function recentChangesView(pipelines: readonly PipelineDefinition[]): AppliedText {
  const parts = pipelines.flatMap((pipeline) =>
    pipeline.feeds.flatMap((feed) =>
      feed.entities.map(
        (entity) => `select ${stringLiteral(pipeline.name)} as pipeline, ${stringLiteral(feed.name)} as feed, ${stringLiteral(entity.name)} as entity,
  c.batch_number, c.load_id, c.change_kind, concat_ws(', ', ${entity.key.map((name) => `c.\`${name}\``).join(', ')}) as business_key, b.committed_at
from gear.\`changes_${entity.name}\` c
join gear.batches b on b.pipeline = ${stringLiteral(pipeline.name)} and b.feed = ${stringLiteral(feed.name)} and b.batch_number = c.batch_number`,
      ),
    ),
  );
  const statements = [`create or replace view gear.recent_changes as\n${parts.join('\nunion all\n')}`];
  return { name: 'gear.recent_changes', statements, checksum: checksumOf(statements) };
}
