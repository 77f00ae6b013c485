import { csvFormat, keptColumn } from '../../../read/format.js';
import { lookUp, type FeedOutline } from '../../outline.js';
import { at } from '../../shape-mistakes.js';

/** Mistakes of the column that keeps what files have and the feed has no columns for. */
export function keptMistakes({ path, format, columns, rules, delivery, manifest }: FeedOutline): string[] {
  const name = keptColumn(format ?? undefined);
  if (name === undefined) return [];
  const place = `${path}.format.extraColumns.keep`;
  const mistakes: string[] = [];
  if (format?.kind === 'json' && format.entries !== undefined)
    mistakes.push(at(place, "is not possible beside entries, where members around the rows are columns of each. Use 'ignore'"));
  if ((csvFormat(format ?? undefined)?.header ?? 'names') !== 'names')
    mistakes.push(at(place, "needs a header with names in the files (format.header 'names'). Use 'ignore' for columns without names"));
  if (manifest !== undefined)
    mistakes.push(at(place, "has no effect beside manifest, for an extract writes known columns. Use 'ignore', and extract what you need"));
  const found = lookUp(columns, name);
  if (found.absent) return [...mistakes, at(place, `the feed has no column ${name}. Add it: a nullable column of type json`)];
  const column = columns.sound.find(({ value }) => value.name === name);
  if (!column) return mistakes;
  const { header, derive, type, nullable, optional } = column.value;
  if (type.kind !== 'json') mistakes.push(at(`${column.path}.type.kind`, `must be json, because ${name} keeps other columns`));
  if (!nullable) mistakes.push(at(`${column.path}.nullable`, `must be true, because ${name} is NULL where a file has no other columns`));
  for (const [property, given] of Object.entries({ header, derive, optional }))
    if (given !== undefined)
      mistakes.push(
        at(`${column.path}.${property}`, `is not possible for ${name}, which no file has: it keeps other columns. Leave it out`),
      );
  const use = `${name} keeps the columns that the feed does not have. Name a column of the file`;
  for (const rule of rules) if (rule.value.equals.filled === name) mistakes.push(at(`${rule.path}.equals.filled`, use));
  for (const { path: other, value } of columns.sound) if (value.derive?.from === name) mistakes.push(at(`${other}.derive.from`, use));
  if (delivery?.kind === 'tombstones' && delivery.column === name) mistakes.push(at(`${path}.delivery.column`, use));
  return mistakes;
}
