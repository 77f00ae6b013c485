import { reasonsOf } from '../../../read/contract.js';
import { zstdMissing } from '../../../read/decode/unzstd.js';
import { csvFormat, formatKind, isJson, isOfFiles, keptColumn } from '../../../read/format.js';
import { logFields, type LogField } from '../../../read/lines/log-line.js';
import { columnTitles } from '../../column-titles.js';
import { lookUp, type FeedOutline, type Part } from '../../outline.js';
import { replayedRow } from '../../replayed-row.js';
import { at } from '../../shape-mistakes.js';
import type { ColumnDefinition } from '../../types.js';
import { repeated } from '../repeated.js';
import { keptMistakes } from './check-kept.js';

/** Mistakes of what columns have to do with the files' format: their names in files, NULL, and columns that no file has. */
export function formatMistakes(feed: FeedOutline): string[] {
  // What its columns may be is not known.
  if (feed.format === null) return [];
  const kind = formatKind(feed.format);
  const columns = feed.columns.sound;
  const ofFiles = columns.filter(({ value }) => isOfFiles(value, feed.format ?? undefined));
  return [
    ...compressionMistakes(feed),
    ...keptMistakes(feed),
    ...columns.flatMap((column) => (column.value.derive ? derivedMistakes(column, feed) : [])),
    ...ofFiles.flatMap((column) => titleMistakes(column, feed)),
    ...repeated(ofFiles, 'header', (column) => columnTitles(column).map((title) => (isJson(kind) ? title : title.toLowerCase()))),
    ...columns.flatMap((column) => nullMistakes(column, feed)),
    ...columns
      .filter(({ value }) => value.name !== keptColumn(feed.format ?? undefined))
      .flatMap((column) => optionalMistakes(column, feed)),
    ...(feed.columns.listed && ofFiles.length === 0 && columns.length > 0 && feed.columns.broken.size === 0
      ? [at(`${feed.path}.columns`, 'must hold at least one column that the file has')]
      : []),
  ];
}

function compressionMistakes({ path, format }: FeedOutline): string[] {
  const missing = format?.compression === 'zstd' ? zstdMissing() : undefined;
  return missing === undefined ? [] : [at(`${path}.format.compression`, missing)];
}

function derivedMistakes({ path, value: { header, derive } }: Part<ColumnDefinition>, { columns }: FeedOutline): string[] {
  const { from = '' } = derive ?? {};
  const source = lookUp(columns, from);
  const mistakes = header === undefined ? [] : [at(`${path}.header`, 'is that of no file, because the column is derived. Leave it out')];
  if (source.absent) return [...mistakes, at(`${path}.derive.from`, `the feed has no column ${from}. Name one of its columns`)];
  if (!source.value?.derive) return mistakes;
  return [...mistakes, at(`${path}.derive.from`, `${from} is derived itself. Name a column that the file has`)];
}

function titleMistakes({ path, value }: Part<ColumnDefinition>, { format }: FeedOutline): string[] {
  const titles = columnTitles(value);
  if (titles.some((title) => title.toLowerCase() === replayedRow.column))
    return [at(`${path}.header`, `is the name of the column that the quarantine's rows are exported with. Rename it in the files`)];
  if (formatKind(format ?? undefined) === 'combined-log') {
    if (titles.length === 1 && logFields.includes(titles[0] as LogField)) return [];
    return [at(`${path}.header`, `must be a part of a log's line: ${logFields.join(', ')}`)];
  }
  return [];
}

/** Only a header can tell that a column is not there; then each of its rows has an empty value. */
function optionalMistakes({ path, value }: Part<ColumnDefinition>, { format }: FeedOutline): string[] {
  if (!value.optional) return [];
  const csv = csvFormat(format ?? undefined);
  if (value.derive) return [at(`${path}.optional`, 'has no effect in a derived column, which no file has. Leave it out')];
  if (formatKind(format ?? undefined) !== 'csv')
    return [at(`${path}.optional`, 'has no effect in this format, where any value may be missing. Leave it out')];
  if ((csv?.header ?? 'names') !== 'names')
    return [
      at(`${path}.optional`, "needs a header with names in the files (format.header 'names'), which tells whether the column is there"),
    ];
  if (reasonsOf(value).empty === undefined) return [];
  return [at(`${path}.optional`, 'needs a column that may be empty. Make it nullable, or a text without a reason for an empty value')];
}

/** In a column where an empty value has a value of its own, NULL must come otherwise, or it never comes. */
function nullMistakes({ path, value: { type, nullable, reason } }: Part<ColumnDefinition>, { format }: FeedOutline): string[] {
  const mistakes: string[] = [];
  const csv = csvFormat(format ?? undefined);
  const hasNulls = formatKind(format ?? undefined) !== 'csv' || csv?.nulls !== undefined || csv?.quotedEmpty !== undefined;
  if (nullable && type.kind === 'text' && type.empty !== undefined && !hasNulls)
    mistakes.push(
      at(
        `${path}.type.empty`,
        'gives an empty value a value, so that this nullable column is never NULL. Leave one of them out, or say in format what NULL is (nulls, quotedEmpty)',
      ),
    );
  // An empty value in quotes is not NULL.
  if (nullable && typeof reason !== 'string' && csv?.quotedEmpty === undefined)
    mistakes.push(at(`${path}.reason`, 'has a reason for an empty value, which is NULL in a nullable column. Leave one of them out'));
  return mistakes;
}
