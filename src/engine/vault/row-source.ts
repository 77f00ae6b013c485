import type { PipelineDefinition } from '../definition/types.js';
import { identifier, stringLiteral } from '../sql/identifier.js';
import type { EntityOfFeed } from './find-definition.js';

/** Which rows of a source count: keys that came, rows that changed, or images that were replaced. */
export interface RowSource {
  readonly feed: string;
  /** SQL literal of record_source. */
  readonly recordSource: string;
  /** What follows `from`. */
  readonly from: string;
  /** SQL of a column as it is after the change. */
  readonly now: (column: string) => string;
  /** SQL of a column as it was before the change. */
  readonly before: (column: string) => string;
  /** Condition for rows whose key came with the change. */
  readonly inserted: string;
  /** Condition for rows that were there, but with other values in one of the columns; undefined when none of them can change. */
  readonly updated: (columns: readonly string[]) => string | undefined;
  /** SQL of load_datetime, of the key's first row or of the present values. */
  readonly loadDatetime: { readonly ofKey: string; readonly ofValues: string };
  /** True when `from` binds the range of batches (after, up to). */
  readonly ranged: boolean;
}

function recordSource(pipeline: PipelineDefinition, { feed }: EntityOfFeed): string {
  return stringLiteral(`${pipeline.name}/${feed.name}`);
}

/** The changes of an entity in a range of batches; the range binds (after, up to) wherever `inserted` or `updated` stand. */
export function changesOf(pipeline: PipelineDefinition, of: EntityOfFeed): RowSource {
  const { entity, feed } = of;
  const image = (prefix: string) => (column: string) =>
    entity.key.includes(column) ? `c.${identifier(column)}` : `c.${identifier(`${prefix}_${column}`)}`;
  const [now, before] = [image('new'), image('old')];
  const range = 'c.batch_number > ? and c.batch_number <= ?';
  return {
    feed: feed.name,
    recordSource: recordSource(pipeline, of),
    // The order of the join is fixed: changes are read as a range of their key, whatever statistics say of new tables.
    from: `gear.${identifier(`changes_${entity.name}`)} c\n  straight_join gear.loads l on l.load_id = c.load_id`,
    now,
    before,
    inserted: `${range} and c.change_kind = 'inserted'`,
    updated: (columns) => {
      const differ = columns.filter((column) => !entity.key.includes(column)).map((column) => `not (${before(column)} <=> ${now(column)})`);
      return differ.length === 0 ? undefined : `${range} and c.change_kind = 'updated' and (${differ.join(' or ')})`;
    },
    loadDatetime: { ofKey: 'l.load_datetime', ofValues: 'l.load_datetime' },
    ranged: true,
  };
}

/** The present rows of bulk, for a table that begins when older changes are gone: each is as if it had been inserted. */
export function bulkOf(pipeline: PipelineDefinition, of: EntityOfFeed): RowSource {
  const column = (name: string) => `c.${identifier(name)}`;
  return {
    feed: of.feed.name,
    recordSource: recordSource(pipeline, of),
    from: `bulk.${identifier(of.entity.name)} c`,
    now: column,
    before: column,
    inserted: 'true',
    updated: () => undefined,
    loadDatetime: { ofKey: 'c.created_at', ofValues: 'c.updated_at' },
    ranged: false,
  };
}
