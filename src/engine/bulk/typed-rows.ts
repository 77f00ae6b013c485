import { replayedRow } from '../definition/replayed-row.js';
import type { ColumnDefinition, FeedDefinition } from '../definition/types.js';
import { columnOf } from '../sql/column-types.js';
import { identifier } from '../sql/identifier.js';
import { traitsOf } from '../types/column-traits.js';
import { stagedField, stagedText } from '../types/staged-field.js';

/** Where a row stood in its first file, in bytes: where it stands, unless it says otherwise. */
export const firstOffset = `if(s.${identifier(replayedRow.column)} is null, s.row_offset, cast(substring_index(${stagedText(replayedRow.column, 's')}, '@', -1) as unsigned))`;

/** Staged rows as a derived table `typed` of load_id, row_offset and the columns; `from` names the staging table `s`. */
export function typedRows(feed: FeedDefinition, columns: readonly string[], from: string, offset?: string): string {
  return `(
  select s.load_id, ${offset === undefined ? 's.row_offset' : `${offset} as row_offset`},
    ${columns.map((name) => `${stagedValue(columnOf(feed, name), 's')} as ${identifier(name)}`).join(',\n    ')}
  ${from}
) typed`;
}

/** SQL that turns a staged field into its type; NULL stays NULL, and so is an empty one of a nullable column whose type gives it no value. */
function stagedValue(column: ColumnDefinition, alias: string): string {
  const field = stagedField(column.name, alias);
  const value = traitsOf(column.type).convert(field);
  if (!column.nullable) return value;
  // NULL is neither true nor false for the functions that convert a choice.
  const isNull = hasEmptyValue(column) ? `${field.delivered} is null` : `coalesce(length(${field.text}), 0) = 0`;
  return `if(${isNull}, null, ${value})`;
}

/** The type says what an empty value is stored as, so that it is not NULL. */
function hasEmptyValue({ type }: ColumnDefinition): boolean {
  return type.kind === 'text' && type.empty !== undefined;
}
