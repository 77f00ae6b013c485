import type { FeedDefinition } from '../definition/types.js';
import { columnOf } from './column-types.js';
import { identifier } from './identifier.js';
import { stagedValue } from './staged-value.js';

/** Staged rows as a derived table `typed` of load_id, row_offset and the columns; `from` names the staging table `s`. */
export function typedRows(feed: FeedDefinition, columns: readonly string[], from: string): string {
  return `(
  select s.load_id, s.row_offset,
    ${columns.map((name) => `${stagedValue(columnOf(feed, name), 's')} as ${identifier(name)}`).join(',\n    ')}
  ${from}
) typed`;
}
