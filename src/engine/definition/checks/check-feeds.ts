import { rowReasons } from '../../read/reject.js';
import { traitsOf } from '../../types/column-traits.js';
import { groupNames } from '../match/feed-matcher.js';
import { matchMistake } from '../match/match-mistakes.js';
import { replayedRow } from '../replayed-row.js';
import { ruleMistakes } from './check-rules.js';
import { formatMistakes } from './check-formats.js';
import { repeated } from './repeated.js';
import { checkEntitySize } from './check-sizes.js';
import { lookUp, type FeedOutline, type Part, type Parts } from '../outline.js';
import { at } from '../shape-mistakes.js';
import type { ColumnDefinition, EntityDefinition } from '../types.js';

/** Columns that the engine adds to the tables that hold a feed's columns. */
const engineColumns = new Set([
  ...['load_id', 'row_offset', 'line_number', 'padded', 'created_at', 'updated_at', 'batch_number', 'change_kind'],
  ...['load_datetime', 'record_source', 'hashdiff', 'is_active', replayedRow.column],
]);
const engineReasons: readonly string[] = ['bad_header', ...rowReasons, replayedRow.reason];
/** The scanner notes a row's reasons as bits of a 32-bit integer. */
const maxReasons = 31;
/** gear.quarantine keeps all reasons of a row in one varchar of 255; a replay's rows may have one more. */
const maxReasonsLength = 255 - `,${replayedRow.reason}`.length;

/** Mistakes within one feed: its columns, reasons and entities. */
export function feedMistakes(feed: FeedOutline): string[] {
  return [
    ...matchMistakes(feed),
    ...partitionMistakes(feed),
    ...feed.columns.sound.flatMap((column) => columnMistakes(column, feed)),
    ...repeated(feed.columns.sound, 'name', (column) => [column.name]),
    ...formatMistakes(feed),
    ...reasonMistakes(feed),
    ...ruleMistakes(feed),
    ...feed.entities.sound.flatMap((entity) => entityMistakes(entity, feed.columns)),
  ];
}

function matchMistakes({ path, match }: FeedOutline): string[] {
  const mistake = match === undefined ? undefined : matchMistake(match);
  return mistake === undefined ? [] : [at(`${path}.match`, mistake)];
}

function partitionMistakes({ path, match, partition, columns }: FeedOutline): string[] {
  if (!partition) return [];
  const { column } = partition;
  const mistakes: string[] = [];
  if (isEngineName(column))
    mistakes.push(at(`${path}.partition.column`, 'is a name that the engine gives to columns of its own; choose another'));
  else if (columns.sound.some(({ value }) => value.name === column) || columns.broken.has(column))
    mistakes.push(at(`${path}.partition.column`, `${column} is a column of the file already; choose another name`));
  if ('group' in partition && match !== undefined && matchMistake(match) === undefined && !groupNames(match).includes(partition.group))
    mistakes.push(
      at(
        `${path}.partition.group`,
        `match has no group of that name; write (?<${partition.group}>\\\\d{4}-\\\\d{2}-\\\\d{2}) where the date stands`,
      ),
    );
  return mistakes;
}

function isEngineName(name: string): boolean {
  return engineColumns.has(name) || name.endsWith('_hk');
}

function columnMistakes({ path, value: column }: Part<ColumnDefinition>, feed: FeedOutline): string[] {
  const mistakes: string[] = [];
  const { type, reason } = column;
  if (isEngineName(column.name)) {
    mistakes.push(at(`${path}.name`, `is a name that the engine gives to columns of its own; choose another (the header may stay)`));
  }
  for (const each of typeof reason === 'string' ? [reason] : [reason.bad, reason.empty]) {
    if (engineReasons.includes(each)) mistakes.push(at(`${path}.reason`, `${each} is the scanner's own reason; name another`));
    else if (feed.reasons && !feed.reasons.includes(each)) {
      mistakes.push(at(`${path}.reason`, `${each} is not in ${feed.path}.reasons; add it there, at its place in the order of reporting`));
    }
  }
  for (const { property, text } of traitsOf(type).mistakes) mistakes.push(at(`${path}.type.${property}`, text));
  return mistakes;
}

function reasonMistakes({ path, reasons = [] }: FeedOutline): string[] {
  const mistakes = reasons.flatMap((reason, index) => {
    if (engineReasons.includes(reason)) return [at(`${path}.reasons[${index}]`, `${reason} is the scanner's own; leave it out`)];
    return reasons.indexOf(reason) < index ? [at(`${path}.reasons[${index}]`, `${reason} is there already; leave it out`)] : [];
  });
  if (reasons.length > maxReasons) mistakes.push(at(`${path}.reasons`, `must hold at most ${maxReasons} reasons, not ${reasons.length}`));
  const length = reasons.join(',').length;
  if (length > maxReasonsLength) {
    mistakes.push(at(`${path}.reasons`, `must have at most ${maxReasonsLength} characters together (${length} now); shorten them`));
  }
  return mistakes;
}

function entityMistakes(entity: Part<EntityDefinition>, columns: Parts<ColumnDefinition>): string[] {
  const { path, value } = entity;
  const { key, values, indexes = [] } = value;
  const lists = [
    { path: `${path}.key`, names: key },
    { path: `${path}.values`, names: values },
    ...indexes.map((names, index) => ({ path: `${path}.indexes[${index}]`, names })),
  ];
  const mistakes = lists.flatMap((list) =>
    list.names.flatMap((name, index) => {
      const place = `${list.path}[${index}]`;
      if (list.names.indexOf(name) < index) return [at(place, `${name} is there already; leave it out`)];
      if (lookUp(columns, name).absent) return [at(place, `the feed has no column ${name}; name one of its columns`)];
      const column = lookUp(columns, name).value;
      const keyed = list.path !== `${path}.values`;
      if (column && keyed && traitsOf(column.type).keyBytes === undefined) {
        return [at(place, `${name} is ${column.type.kind}, which a key can't hold; leave it out`)];
      }
      if (column?.nullable && list.path === `${path}.key`) {
        return [at(place, `${name} is nullable, and a row is merged by its whole key; leave nullable out, or the column out of the key`)];
      }
      if (list.path.includes('.indexes') && !key.includes(name) && !values.includes(name)) {
        return [at(place, `${name} is neither in the entity's key nor in its values; add it there or leave it out`)];
      }
      return [];
    }),
  );
  values.forEach((name, index) => {
    if (key.includes(name)) mistakes.push(at(`${path}.values[${index}]`, `${name} is in the key; leave it out of the values`));
  });
  const made = values.flatMap((name) => [`old_${name}`, `new_${name}`]);
  for (const name of key.filter((each) => made.includes(each))) {
    mistakes.push(at(`${path}.key`, `${name} is also what the table of changes calls a value's image; rename the column`));
  }
  const indexNames = indexes.map((names) => `by_${names.join('_and_')}`.slice(0, 64));
  indexNames.forEach((name, index) => {
    if (indexNames.indexOf(name) < index)
      mistakes.push(at(`${path}.indexes[${index}]`, 'would have the name of an earlier index; leave it out'));
  });
  return [...mistakes, ...checkEntitySize(entity, columns)];
}
