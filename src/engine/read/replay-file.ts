import { replayedRow } from '../definition/replayed-row.js';
import { columnTitle } from '../definition/column-titles.js';
import type { FeedDefinition } from '../definition/types.js';
import { dialectOf } from './contract.js';
import { rowText } from './csv/write-row.js';
import { isIgnoredName, keptNameOf } from './extra-columns.js';
import { formatKind, keptColumn } from './format.js';
import { placesHeader } from './lines/replayed-lines.js';

/** How a file is written in which rows of the quarantine are loaded again, each with its former place. */
export interface ReplayFile {
  readonly firstLine: string;
  /** What stands before a row's own text. */
  beforeRow(place: string): string;
}

/** `header`: the columns of the load. `tells`: its rows already have their positions. The feed may be gone. */
export function replayFile(
  feed: Pick<FeedDefinition, 'columns' | 'format'> | undefined,
  header: readonly string[],
  tells: boolean,
): ReplayFile {
  const titles = header.map((name) => {
    const column = feed?.columns.find((each) => each.name === name);
    if (column) return columnTitle(column);
    // If a feed keeps other columns and still ignored this one, the column had no name.
    return isIgnoredName(name) && keptColumn(feed?.format) !== undefined ? '' : (keptNameOf(name) ?? name);
  });
  const format = feed?.format;
  const dialect = dialectOf(format);
  const isCsv = formatKind(format) === 'csv';
  const separator = isCsv ? String.fromCharCode(dialect.delimiter) : '\t';
  return {
    firstLine: isCsv ? rowText(tells ? titles : [replayedRow.column, ...titles], dialect) : placesHeader,
    beforeRow: (place) => (tells ? '' : place + separator),
  };
}
