import { fileReasons, rowReasons } from '../../../read/reject.js';
import { traitsOf } from '../../../types/column-traits.js';
import { groupNames } from '../../match/feed-matcher.js';
import { matchMistake } from '../../match/match-mistakes.js';
import { isEngineColumn } from '../../engine-columns.js';
import { replayedRow } from '../../replayed-row.js';
import { deliveryMistakes } from './check-delivery.js';
import { ruleMistakes } from './check-rules.js';
import { formatMistakes } from './check-formats.js';
import { maxFeedColumns } from '../check-page.js';
import { repeated } from '../repeated.js';
import type { FeedOutline, Part } from '../../outline.js';
import { at } from '../../shape-mistakes.js';
import type { ColumnDefinition } from '../../types.js';

const engineReasons: readonly string[] = [...fileReasons, ...rowReasons, replayedRow.reason];
/** The scanner notes a row's reasons as bits of a 32-bit integer. */
const maxReasons = 31;
/** gear.quarantine keeps all reasons of a row in one varchar of 255; a replay's rows may have one more. */
const maxReasonsLength = 255 - `,${replayedRow.reason}`.length;

/** Mistakes within one feed: its columns and reasons. */
export function feedMistakes(feed: FeedOutline): string[] {
  const ofMatch = matchMistakes(feed);
  return [
    ...ofMatch,
    ...partitionMistakes(feed, ofMatch.length === 0),
    ...feed.columns.sound.flatMap((column) => columnMistakes(column, feed)),
    ...repeated(feed.columns.sound, 'name', (column) => [column.name]),
    ...(feed.columns.sound.length > maxFeedColumns
      ? [
          at(
            `${feed.path}.columns`,
            `are ${feed.columns.sound.length}, and InnoDB has room for ${maxFeedColumns} in a row of staging. Leave some out, and ignore or keep them with extraColumns of format`,
          ),
        ]
      : []),
    ...formatMistakes(feed),
    ...reasonMistakes(feed),
    ...ruleMistakes(feed),
    ...deliveryMistakes(feed),
  ];
}

function matchMistakes({ path, match }: FeedOutline): string[] {
  const mistake = match === undefined ? undefined : matchMistake(match);
  return mistake === undefined ? [] : [at(`${path}.match`, mistake)];
}

function partitionMistakes({ path, match, partition, columns }: FeedOutline, isMatchSound: boolean): string[] {
  if (!partition) return [];
  const { column } = partition;
  const mistakes: string[] = [];
  if (isEngineColumn(column))
    mistakes.push(at(`${path}.partition.column`, 'is a name that the engine gives to columns of its own. Choose another'));
  else if (columns.sound.some(({ value }) => value.name === column) || columns.broken.has(column))
    mistakes.push(at(`${path}.partition.column`, `${column} is a column of the file already. Choose another name`));
  if ('group' in partition && match !== undefined && isMatchSound && !groupNames(match).includes(partition.group))
    mistakes.push(
      at(
        `${path}.partition.group`,
        `match has no group of that name. Write (?<${partition.group}>\\\\d{4}-\\\\d{2}-\\\\d{2}) where the date stands`,
      ),
    );
  return mistakes;
}

function columnMistakes({ path, value: column }: Part<ColumnDefinition>, feed: FeedOutline): string[] {
  const mistakes: string[] = [];
  const { type, reason } = column;
  if (isEngineColumn(column.name)) {
    mistakes.push(at(`${path}.name`, `is a name that the engine gives to columns of its own. Choose another (the header may stay)`));
  }
  for (const each of typeof reason === 'string'
    ? [reason]
    : [reason.bad, reason.empty, ...(reason.full === undefined ? [] : [reason.full])]) {
    if (engineReasons.includes(each)) mistakes.push(at(`${path}.reason`, `${each} is one of Strata's own reasons. Name another`));
    else if (feed.reasons && !feed.reasons.includes(each)) {
      mistakes.push(at(`${path}.reason`, `${each} is not in ${feed.path}.reasons. Add it there, at its place in the order of reporting`));
    }
  }
  for (const { property, text } of traitsOf(type).mistakes) mistakes.push(at(`${path}.type.${property}`, text));
  return mistakes;
}

function reasonMistakes({ path, reasons = [] }: FeedOutline): string[] {
  const mistakes = reasons.flatMap((reason, index) => {
    if (engineReasons.includes(reason)) return [at(`${path}.reasons[${index}]`, `${reason} is one of Strata's own reasons. Leave it out`)];
    return reasons.indexOf(reason) < index ? [at(`${path}.reasons[${index}]`, `${reason} is there already. Leave it out`)] : [];
  });
  if (reasons.length > maxReasons) mistakes.push(at(`${path}.reasons`, `must hold at most ${maxReasons} reasons, not ${reasons.length}`));
  const length = reasons.join(',').length;
  if (length > maxReasonsLength) {
    mistakes.push(at(`${path}.reasons`, `must have at most ${maxReasonsLength} characters together (${length} now). Shorten them`));
  }
  return mistakes;
}
