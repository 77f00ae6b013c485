import { replayedRow } from '../definition/replayed-row.js';
import { dialectOf } from './contract.js';
import { rowText } from './csv/write-row.js';
import { formatKind, type FormatDefinition } from './format.js';
import { placesHeader } from './lines/replayed-lines.js';

/** How a file is written in which rows of the quarantine are loaded again, each with its former place. */
export interface ReplayFile {
  readonly firstLine: string;
  /** What stands before a row's own text. */
  beforeRow(place: string): string;
}

/** `titles`: the names of the file's columns; `tells`: its rows say already where they stood. */
export function replayFile(format: FormatDefinition | undefined, titles: readonly string[], tells: boolean): ReplayFile {
  const dialect = dialectOf(format);
  const isCsv = formatKind(format) === 'csv';
  const separator = isCsv ? String.fromCharCode(dialect.delimiter) : '\t';
  return {
    firstLine: isCsv ? rowText(tells ? titles : [replayedRow.column, ...titles], dialect) : placesHeader,
    beforeRow: (place) => (tells ? '' : place + separator),
  };
}
