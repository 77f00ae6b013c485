import { columnTitle } from '../definition/column-titles.js';
import { replayedRow } from '../definition/replayed-row.js';
import type { ColumnDefinition, FeedDefinition } from '../definition/types.js';
import { trueCheck } from '../types/boolean.js';
import { traitsOf } from '../types/column-traits.js';
import { reasonsOf } from './contract.js';
import { csvFormat, formatKind, isOfFiles } from './format.js';
import { isExtra } from './extra-columns.js';
import { headerOf, ruleText } from './row-rules.js';
import { fieldsOfRow } from './row-text.js';

/** A rule of a feed that a row breaks. */
export interface BrokenRule {
  readonly reason: string;
  /** In words; without the value. */
  readonly rule: string;
  /** The column's name in the file; absent where the whole row is meant. */
  readonly column?: string;
  /** Its place in the row; the first is 1. Absent where columns have names alone. */
  readonly place?: number;
  /** What stands there; for those alone who may see rows. */
  readonly value?: string;
}

/** Reasons of whole rows in CSV. */
const ofCsv: Readonly<Record<string, string>> = {
  bad_quote: 'a quote may stand around a whole field only. One inside of it is doubled',
};
const ofJson: Readonly<Record<string, string>> = {
  bad_line: 'the row must be one JSON object, in which each property that the feed takes stands once',
  unknown_property:
    "the row has a property that the feed does not have. Add a column for it, or set extraColumns in format: 'ignore' or { keep: '<column>' }",
};
const ofJsonLines: Readonly<Record<string, string>> = {
  ...ofJson,
  bad_line: `${ofJson['bad_line']!}. A file that is one array needs format: { kind: 'json' }`,
};
const ofLogs: Readonly<Record<string, string>> = {
  bad_line:
    'the line must be of the combined log format: address, ident, user, [time], "request", status, size, "referer", "user agent", with one space between any two',
  bad_number: 'the status must be from 100 to 599, and the size at most 2^63-1',
  bad_date: 'the time must exist, of the years 1000 to 9999, as dd/Mon/yyyy:hh:mm:ss with an offset such as +0000',
};

/** Reasons of whole rows, by the kind of the format. */
const ofKinds = { csv: ofCsv, 'combined-log': ofLogs, ndjson: ofJsonLines, json: ofJson } as const;

const emptyRule = 'must not be empty';
const fullRule = 'must be one of the 65,535 different values that were delivered before: there is no room for more';
const ofPlaces = { reason: replayedRow.reason, rule: 'must be the place that strata quarantine export wrote' };

/**
 * Which rules of the feed, as it is defined now, a row in quarantine breaks. `header` names the columns of its file in their order.
 * Empty where the row breaks none any more.
 */
export function brokenRules(
  feed: FeedDefinition,
  header: readonly string[] | undefined,
  reasons: readonly string[],
  raw: Buffer,
): BrokenRule[] {
  const ofRows = wholeRows(feed);
  const columns = header?.map((name) => feed.columns.find((column) => column.name === name));
  const row = header && fieldsOfRow(feed, header, raw);
  const unread = row && 'reasons' in row ? row.reasons : undefined;
  const found = unread ?? (formatKind(feed.format) === 'csv' ? reasons : []);
  const whole = reasons.includes('row_too_long') ? ['row_too_long'] : found.filter((reason) => reason in ofRows);
  if (whole.length > 0) return whole.map((reason) => ({ reason, rule: ofRows[reason]! }));
  if (!columns || !row || 'reasons' in row) return reasons.map((reason) => ({ reason, rule: ruleOfReason(feed, reason) }));
  if (row.length !== columns.length) {
    const rule = `the row has ${row.length > columns.length ? 'more than' : `${row.length} of`} ${columns.length} columns`;
    return [{ reason: 'wrong_column_count', rule }];
  }
  const ofColumns = columns.flatMap((column, index): BrokenRule[] => {
    if (isExtra(header?.[index] ?? '')) return [];
    const value = row[index] ?? null;
    const broken = column ? brokenBy(column, value) : reasons.includes(replayedRow.reason) ? ofPlaces : undefined;
    return broken
      ? [{ ...broken, column: column ? columnTitle(column) : replayedRow.column, ...placeIn(feed, index), value: value ?? '' }]
      : [];
  });
  const places = new Map(columns.map((column, place) => [column?.name, place]));
  const broken = [...ofColumns, ...brokenRowRules(feed, (name) => row[places.get(name) ?? -1] ?? '', places)];
  return broken.length > 0 ? broken : [...derivedRules(feed, reasons), ...fullDictionaries(feed, reasons)];
}

/** Rules of several columns; one whose column breaks its type is not looked at. */
function brokenRowRules(
  feed: FeedDefinition,
  valueOf: (name: string) => string,
  places: ReadonlyMap<string | undefined, number>,
): BrokenRule[] {
  return (feed.rules ?? []).flatMap((rule) => {
    const column = feed.columns.find(({ name }) => name === rule.column);
    const place = places.get(rule.column);
    const value = valueOf(rule.column);
    if (column?.type.kind !== 'boolean' || place === undefined || brokenBy(column, value)) return [];
    const isTrue = trueCheck(column.type)(Buffer.from(value), 0, Buffer.byteLength(value));
    if (isTrue === (valueOf(rule.equals.filled) !== '')) return [];
    return [{ reason: rule.reason, rule: ruleText(rule, feed.columns), column: columnTitle(column), ...placeIn(feed, place), value }];
  });
}

/** Places are of interest where files have columns by them. */
function placeIn({ format }: FeedDefinition, index: number): { readonly place?: number } {
  return formatKind(format) === 'csv' ? { place: index + 1 } : {};
}

/** One line: the column and its place, what must be so, and the reason that the definition gives it. */
export function ruleLine({ column, place, reason, rule }: BrokenRule): string {
  const where = column === undefined ? '' : place === undefined ? `${column} ` : `${column} (column ${place}) `;
  return `${where}${rule} [${reason}]`;
}

/** What must be so of a row as a whole, by reason. */
function wholeRows({ format, manifest }: FeedDefinition): Readonly<Record<string, string>> {
  const encoding = csvFormat(format)?.encoding ?? 'utf-8';
  return {
    row_too_long: `the row must not be longer than ${manifest === undefined ? 1 : 16} MiB`,
    bad_encoding: `the row must be text in ${encoding.toUpperCase()}, without NUL characters`,
    ...ofKinds[formatKind(format)],
  };
}

function brokenBy(column: ColumnDefinition, text: string | null): Pick<BrokenRule, 'reason' | 'rule'> | undefined {
  if (text === null && column.nullable) return undefined;
  const value = Buffer.from(text ?? '');
  const { bad, empty } = reasonsOf(column);
  const { makeCheck, rule } = traitsOf(column.type);
  if (value.length === 0) return empty === undefined ? undefined : { reason: empty, rule: emptyRule };
  return makeCheck()(value, 0, value.length) ? undefined : { reason: bad, rule };
}

/** What a row without a bad value may break: what was made of its values is known to no one here. */
function derivedRules({ columns, format }: FeedDefinition, reasons: readonly string[]): BrokenRule[] {
  return columns.flatMap((column) => {
    const { bad, empty } = reasonsOf(column);
    const reason = isOfFiles(column, format) ? undefined : reasons.find((each) => each === bad || each === empty);
    return reason === undefined ? [] : [{ reason, rule: traitsOf(column.type).rule, column: column.name }];
  });
}

/** A value breaks no rule of its own where its dictionary had no room for it. */
function fullDictionaries({ columns }: FeedDefinition, reasons: readonly string[]): BrokenRule[] {
  return columns.flatMap((column) => {
    const { full } = reasonsOf(column);
    return full !== undefined && reasons.includes(full) ? [{ reason: full, rule: fullRule, column: columnTitle(column) }] : [];
  });
}

/** Where the row itself is not known to be of these columns: every column that the reason may be of. */
function ruleOfReason({ columns, rules: rowRules = [] }: FeedDefinition, reason: string): string {
  if (reason === 'wrong_column_count') return 'the row must have as many columns as the header';
  const rules = columns.flatMap((column) => {
    const { reason: own, type } = column;
    const title = columnTitle(column);
    if (typeof own === 'string') return own === reason ? [`${title} ${traitsOf(type).rule}`] : [];
    return [
      ...(own.bad === reason ? [traitsOf(type).rule] : []),
      ...(own.empty === reason && own.bad !== reason ? [emptyRule] : []),
      ...(own.full === reason ? [fullRule] : []),
    ].map((rule) => `${title} ${rule}`);
  });
  for (const rule of rowRules) if (rule.reason === reason) rules.push(`${headerOf(rule.column, columns)} ${ruleText(rule, columns)}`);
  return rules.length > 0 ? rules.join(', or ') : 'no column of the definition has this reason any more';
}
