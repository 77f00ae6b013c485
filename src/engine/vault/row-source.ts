import { sameValue } from '../bulk/same-value.js';
import type { PipelineDefinition } from '../definition/types.js';
import { deletesKeys } from '../entities/deletes.js';
import type { Entity } from '../entities/entity.js';
import { qualifiedName } from '../sql/create-table.js';
import { identifier, stringLiteral } from '../sql/identifier.js';

/** Which rows of a source count: keys that came, rows that changed, or images that were replaced. */
export interface RowSource {
  /** Whose batches its ranges are of. */
  readonly group: string;
  /** SQL of record_source, of the key's first row or of the current values. The same literal for all rows where one feed brings them. */
  readonly recordSource: { readonly ofKey: string; readonly ofValues: string; readonly isLiteral: boolean };
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
  /** Condition for rows whose key was deleted; undefined when none can be, and then no key comes twice. */
  readonly deleted: string | undefined;
  /** SQL of load_datetime, of the key's first row or of the current values. */
  readonly loadDatetime: { readonly ofKey: string; readonly ofValues: string };
  /** True when `from` binds the range of batches (after, up to). */
  readonly ranged: boolean;
}

/** `pipeline/feed`, where one feed alone brings the rows. */
function literalSource(pipeline: PipelineDefinition, { sources }: Entity): RowSource['recordSource'] | undefined {
  if (sources.length > 1) return undefined;
  const literal = stringLiteral(`${pipeline.name}/${sources[0]!.feed.name}`);
  return { ofKey: literal, ofValues: literal, isLiteral: true };
}

/** The same of the feed of a row's load. */
function sourceOf(pipeline: PipelineDefinition, feed: string): string {
  return `concat(${stringLiteral(`${pipeline.name}/`)}, ${feed})`;
}

/** The changes of an entity in a range of batches; the range binds (after, up to) wherever `inserted` or `updated` stand. */
export function changesOf(pipeline: PipelineDefinition, entity: Entity): RowSource {
  const ofLoad = sourceOf(pipeline, 'l.feed');
  const image = (prefix: string) => (column: string) =>
    entity.key.includes(column) ? `c.${identifier(column)}` : `c.${identifier(`${prefix}_${column}`)}`;
  const [now, before] = [image('new'), image('old')];
  const range = 'c.batch_number > ? and c.batch_number <= ?';
  return {
    group: entity.group,
    recordSource: literalSource(pipeline, entity) ?? { ofKey: ofLoad, ofValues: ofLoad, isLiteral: false },
    // The order of the join is fixed: changes are read as a range of their key, whatever statistics say of new tables.
    from: `${qualifiedName(entity.tables.changes)} c\n  straight_join gear.loads l on l.load_id = c.load_id`,
    now,
    before,
    inserted: `${range} and c.change_kind = 'inserted'`,
    updated: (columns) => {
      const differ = columns
        .filter((column) => !entity.key.includes(column))
        .map((column) => `not (${sameValue(entity, column, before(column), now(column))})`);
      return differ.length === 0 ? undefined : `${range} and c.change_kind = 'updated' and (${differ.join(' or ')})`;
    },
    deleted: deletesKeys(entity) ? `${range} and c.change_kind = 'deleted'` : undefined,
    loadDatetime: { ofKey: 'l.load_datetime', ofValues: 'l.load_datetime' },
    ranged: true,
  };
}

/** The current rows of bulk, for a table that begins when older changes are gone: each is as if it had been inserted. */
export function bulkOf(pipeline: PipelineDefinition, entity: Entity): RowSource {
  const column = (name: string) => `c.${identifier(name)}`;
  const bulk = `${qualifiedName(entity.tables.bulk)} c`;
  const literal = literalSource(pipeline, entity);
  return {
    group: entity.group,
    recordSource: literal ?? {
      ofKey: sourceOf(pipeline, `coalesce(k.feed, ${stringLiteral(entity.group)})`),
      ofValues: sourceOf(pipeline, `coalesce(v.feed, ${stringLiteral(entity.group)})`),
      isLiteral: false,
    },
    from: literal ? bulk : [bulk, loadAt(pipeline, entity, 'k', 'created_at'), loadAt(pipeline, entity, 'v', 'updated_at')].join('\n  '),
    now: column,
    before: column,
    inserted: 'true',
    updated: () => undefined,
    deleted: undefined,
    loadDatetime: { ofKey: 'c.created_at', ofValues: 'c.updated_at' },
    ranged: false,
  };
}

/** The load that made a row what it is at a datetime: those of a group of feeds differ. */
function loadAt(pipeline: PipelineDefinition, { sources }: Entity, alias: string, column: string): string {
  const feeds = sources.map(({ feed }) => stringLiteral(feed.name)).join(', ');
  return `left join gear.loads ${alias} on ${alias}.pipeline = ${stringLiteral(pipeline.name)} and ${alias}.load_datetime = c.${column} and ${alias}.feed in (${feeds})`;
}

/** Digits of a datetime(6) as text. */
const datetimeLength = 26;

/** SQL of when a value among grouped rows came first, and of its record_source then, as one text. */
export function firstSeen({ loadDatetime, recordSource }: RowSource, since: 'ofKey' | 'ofValues'): string {
  const source = recordSource[since];
  return recordSource.isLiteral ? `concat(min(${loadDatetime[since]}), ${source})` : `min(concat(${loadDatetime[since]}, ${source}))`;
}

/** The two parts of such a text. */
export function seenParts(text: string): string {
  return `left(${text}, ${datetimeLength}), substring(${text}, ${datetimeLength + 1})`;
}
