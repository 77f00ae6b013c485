import { replayedRow } from '../definition/replayed-row.js';
import type { ColumnDefinition, FeedDefinition } from '../definition/types.js';
import { trueCheck } from '../types/boolean.js';
import { traitsOf } from '../types/column-traits.js';
import { dialectOf, reasonsOf } from './contract.js';
import type { Dialect } from './csv/dialect.js';
import { isIgnoredName } from './ignored-columns.js';
import { found, RowSplitter } from './csv/row-splitter.js';
import { headerOf, ruleText } from './row-rules.js';

/** A rule of a feed that a row breaks. */
export interface BrokenRule {
  readonly reason: string;
  /** In words; without the value. */
  readonly rule: string;
  /** The column's name in the file; absent where the whole row is meant. */
  readonly column?: string;
  /** Its place in the row; the first is 1. */
  readonly place?: number;
  /** What stands there; for those alone who may see rows. */
  readonly value?: string;
}

const ofWholeRows: Readonly<Record<string, string>> = {
  row_too_long: 'the row must not be longer than 1 MiB',
  bad_quote: 'a quote may stand around a whole field only; one inside of it is doubled',
  bad_encoding: 'the row must be UTF-8 text without NUL bytes',
};

const emptyRule = 'must not be empty';
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
  const whole = reasons.find((reason) => reason in ofWholeRows);
  if (whole !== undefined) return [{ reason: whole, rule: ofWholeRows[whole]! }];
  const columns = header?.map((name) => feed.columns.find((column) => column.name === name));
  const fields = columns && fieldsOf(raw, columns.length + 1, dialectOf(feed.format));
  if (!columns || !fields) return reasons.map((reason) => ({ reason, rule: ruleOfReason(feed, reason) }));
  if (fields.length !== columns.length) {
    const rule = `the row has ${fields.length > columns.length ? 'more than' : `${fields.length} of`} ${columns.length} columns`;
    return [{ reason: 'wrong_column_count', rule }];
  }
  const ofColumns = columns.flatMap((column, index): BrokenRule[] => {
    if (isIgnoredName(header?.[index] ?? '')) return [];
    const value = fields[index] ?? '';
    const broken = column ? brokenBy(column, value) : reasons.includes(replayedRow.reason) ? ofPlaces : undefined;
    return broken ? [{ ...broken, column: column?.header ?? replayedRow.column, place: index + 1, value }] : [];
  });
  const places = new Map(columns.map((column, place) => [column?.name, place]));
  return [...ofColumns, ...brokenRowRules(feed, (name) => fields[places.get(name) ?? -1] ?? '', places)];
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
    return [{ reason: rule.reason, rule: ruleText(rule, feed.columns), column: column.header, place: place + 1, value }];
  });
}

/** One line: the column and its place, what must be so, and the reason that the definition gives it. */
export function ruleLine({ column, place, reason, rule }: BrokenRule): string {
  return `${column === undefined ? '' : `${column} (column ${place}) `}${rule} [${reason}]`;
}

function brokenBy(column: ColumnDefinition, text: string): Pick<BrokenRule, 'reason' | 'rule'> | undefined {
  const value = Buffer.from(text);
  const { bad, empty } = reasonsOf(column);
  const { makeCheck, rule } = traitsOf(column.type);
  if (value.length === 0) return empty === undefined ? undefined : { reason: empty, rule: emptyRule };
  return makeCheck()(value, 0, value.length) ? undefined : { reason: bad, rule };
}

/** Where the row itself is not known to be of these columns: every column that the reason may be of. */
function ruleOfReason({ columns, rules: rowRules = [] }: FeedDefinition, reason: string): string {
  if (reason === 'wrong_column_count') return 'the row must have as many columns as the header';
  const rules = columns.flatMap(({ header, reason: own, type }) => {
    if (typeof own === 'string') return own === reason ? [`${header} ${traitsOf(type).rule}`] : [];
    return own.bad === reason ? [`${header} ${traitsOf(type).rule}`] : own.empty === reason ? [`${header} ${emptyRule}`] : [];
  });
  for (const rule of rowRules) if (rule.reason === reason) rules.push(`${headerOf(rule.column, columns)} ${ruleText(rule, columns)}`);
  return rules.length > 0 ? rules.join(', or ') : 'no column of the definition has this reason any more';
}

/** The row's fields, trimmed; at most `most` of them, and none of what is no row. */
function fieldsOf(raw: Buffer, most: number, dialect: Dialect): string[] | undefined {
  const bytes = Buffer.concat([raw, Buffer.from('\n')]);
  const row = new RowSplitter(most, dialect);
  const quote = dialect.quote === undefined ? undefined : String.fromCharCode(dialect.quote);
  if (raw.length === 0 || row.split(bytes, 0, raw.length, true) !== found.row) return undefined;
  return Array.from({ length: Math.min(row.count, most) }, (_, index) =>
    bytes
      .toString('utf8', row.starts[index], row.ends[index])
      .replaceAll(quote === undefined ? '' : quote + quote, quote ?? '')
      .replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, ''),
  );
}
