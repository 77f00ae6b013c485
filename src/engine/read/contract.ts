import { createHash } from 'node:crypto';
import { replayedRow, type FirstLoad } from '../definition/replayed-row.js';
import type { ColumnDefinition, DeliveryDefinition, FeedDefinition } from '../definition/types.js';
import { placeCheck } from '../types/bytes/number-checks.js';
import { jsonDialect, lineDialect, standardDialect, type Dialect } from './csv/dialect.js';
import { noCoding, type Coding } from './decode/decode.js';
import type { JsonForm } from './decode/json-lines.js';
import { trimBlanks } from './fields/trim-signs.js';
import { compileRules, type RuleContract } from './row-rules.js';
import type { EnrichmentName } from '../enrich/enrichment.js';
import { hasSignForms } from '../types/decimal.js';
import { columnTitle, columnTitles } from '../definition/column-titles.js';
import {
  compressionOf,
  csvFormat,
  formatKind,
  ignoresExtra,
  isOfFiles,
  keptColumn,
  type FormatDefinition,
  type FormatKind,
} from './format.js';
import { traitsOf } from '../types/column-traits.js';
import type { ValueCheck } from '../types/traits.js';

export interface ColumnContract {
  /** The definition's name. */
  readonly name: string;
  /** The name in the file as the definition writes it, the first where there are several. */
  readonly title: string;
  /** All names in the file as the definition writes them. */
  readonly titles: readonly string[];
  /** The same as `headerName` makes them of a header's. */
  readonly headers: readonly string[];
  readonly check: ValueCheck;
  /** Bit of the reason for a value that breaks the type: 1 << its index in `reasons`. */
  readonly bad: number;
  /** Bit of the reason for an empty value; 0 where one is good. */
  readonly empty: number;
  /** Bit of the reason for a value for which its dictionary has no room; 0 where it has none. */
  readonly full: number;
  /** NULL is good. */
  readonly nullable: boolean;
  /** White space around a value is part of it. */
  readonly exact: boolean;
  /** Its values are texts of JSON. */
  readonly isJson: boolean;
  /** Its values are numbers, which JSON may write with an exponent. */
  readonly isNumber: boolean;
  /** A file may come without it. */
  readonly optional: boolean;
}

/** A column that no file has: it is made of another one when a row is landed. */
export interface DerivedContract extends Pick<ColumnContract, 'name' | 'check' | 'bad' | 'empty' | 'nullable' | 'exact'> {
  readonly by: EnrichmentName;
  /** The column of which it is made. */
  readonly from: string;
}

/** A column that no file has: it keeps those that the feed does not have. */
export type KeptContract = Omit<DerivedContract, 'by' | 'from'>;

/** What is NULL in a file of CSV. */
export interface NullRule {
  /** The texts that stand for NULL if they have no quotes around them. */
  readonly tokens: readonly Buffer[];
  /** An empty field without quotes is NULL, one in quotes is not. */
  readonly emptyIsNull: boolean;
}

/** What a good row of a feed is and how it is written, made ready for the scanner. */
export interface Contract {
  readonly kind: FormatKind;
  readonly dialect: Dialect;
  readonly coding: Coding;
  /** The name of a file says whether it is packed. */
  readonly isPackedByName: boolean;
  /** Files may have columns that the feed does not have. */
  readonly ignoresExtra: boolean;
  /** The column that holds them as an object of JSON; undefined where they are not kept. */
  readonly keeps: KeptContract | undefined;
  /** White space around a value does not count. */
  readonly trims: boolean;
  /** Undefined where an empty value alone can be NULL. */
  readonly nulls: NullRule | undefined;
  /** Those of files, in the definition's order; in a replay's, that of the rows' former places comes last. */
  readonly columns: readonly ColumnContract[];
  readonly rules: readonly RuleContract[];
  readonly derived: readonly DerivedContract[];
  readonly reasons: readonly string[];
  /** Of the feed's; see `contractChecksum`. */
  readonly checksum: string;
}

/** Grows whenever the scanner passes other values than before for the same types. */
const rulesVersion = 2;

/**
 * The checksum of a contract. Statements merge only rows that the same contract has checked. Names in headers do not count, because staged
 * rows have the names of the definition. The prefix says how files delete keys: see `deliveryOfContract`.
 */
export function contractChecksum({ columns, reasons, format, rules: rowRules, delivery }: FeedDefinition): string {
  const rules = {
    rulesVersion,
    ...(columns.some(({ type }) => hasSignForms(type)) && { signForms: 1 }),
    ...(format && { format }),
    ...(rowRules && { rowRules }),
    columns: columns.map(({ name, type, nullable, reason, derive }) => ({ name, type, nullable, reason, derive })),
    reasons,
  };
  const checksum = createHash('sha256').update(JSON.stringify(rules)).digest('hex').slice(0, 16);
  return delivery === undefined || delivery.kind === 'merge' ? checksum : `${delivery.kind}-${checksum}`;
}

/** The kind of delivery of the files that were checked by a contract of that checksum; merge where nobody knows it, as of old versions. */
export function deliveryOfContract(checksum: string | null | undefined): DeliveryDefinition['kind'] {
  const kind = checksum?.slice(0, checksum.indexOf('-'));
  return kind === 'snapshot' || kind === 'tombstones' ? kind : 'merge';
}

/** The reasons for a bad value and for an empty one; without the second an empty value is good. */
export function reasonsOf({ type, reason, nullable }: ColumnDefinition): {
  readonly bad: string;
  readonly empty?: string;
  readonly full?: string | undefined;
} {
  if (typeof reason !== 'string') return reason;
  return nullable || traitsOf(type).empty !== undefined ? { bad: reason } : { bad: reason, empty: reason };
}

/** Reasons are bits of a 32-bit integer; one is left for a replay's own. */
const maxReasons = 31;

/** A header's name as it is compared: trimmed of ASCII white space, in lower case. */
export function headerName(text: string): string {
  return trimBlanks(text).toLowerCase();
}

/**
 * Makes a feed's contract ready for scanning; with a first load, for a replay whose rows may say where they stood in its file.
 * A replay's file is in UTF-8 with a header, whatever the feed's files are, for `strata quarantine export` writes it so. `key`: the file's, for
 * feeds that tell by it whether a file is packed.
 * Throws when a column's reason is not among the feed's reasons, or there are more than 31 of these: definitions are validated before,
 * so that is a bug.
 *
 * What a staged value (as delivered: not trimmed, not converted) may look like, by type; ws is any run of ASCII
 * space, tab, CR and LF, also none, and stands on either side of every value:
 * - integer: ws digits ws, leading zeros of any number, within the bounds; never empty
 * - decimal: ws -?digits ws or ws -?digits.digits ws, leading zeros of any number, `-0.00` too; never empty
 * - date: ws and one or two digits for day and month, four for the year, 1000..9999; it exists; never empty
 * - choice: ws, one of the values in any mix of ASCII cases, ws; never empty
 * - text: ws, any UTF-8 but U+0000 (tabs, line breaks and quotes in it are kept), at most maxLength code points, ws; may
 *   be empty or ws alone, unless the column has a reason for an empty value
 */
export function compileContract(feed: FeedDefinition, first?: FirstLoad, key = ''): Contract {
  if (feed.reasons.length > maxReasons) {
    throw new RangeError(`feed ${feed.name} has ${feed.reasons.length} reasons, at most ${maxReasons} are possible`);
  }
  const reasons = first === undefined ? feed.reasons : [...feed.reasons, replayedRow.reason];
  const bit = (reason: string): number => {
    const index = reasons.indexOf(reason);
    if (index === -1) throw new RangeError(`feed ${feed.name} has no reason ${reason}`);
    return 1 << index;
  };
  const checked = (column: ColumnDefinition) => {
    const { bad, empty, full } = reasonsOf(column);
    const { makeCheck, exact = false } = traitsOf(column.type);
    return {
      name: column.name,
      check: makeCheck(),
      exact,
      bad: bit(bad),
      empty: empty === undefined ? 0 : bit(empty),
      full: full === undefined ? 0 : bit(full),
      nullable: column.nullable ?? false,
    };
  };
  const columns: ColumnContract[] = feed.columns.flatMap((column) =>
    isOfFiles(column, feed.format)
      ? [
          {
            ...checked(column),
            title: columnTitle(column),
            titles: columnTitles(column),
            headers: columnTitles(column).map(headerName),
            isJson: column.type.kind === 'json',
            isNumber: column.type.kind === 'integer' || column.type.kind === 'decimal',
            optional: column.optional ?? false,
          },
        ]
      : [],
  );
  const isReplay = first !== undefined;
  if (isReplay) {
    const bad = bit(replayedRow.reason);
    const { column } = replayedRow;
    const check = placeCheck(first);
    const names = { name: column, title: column, titles: [column], headers: [column] };
    columns.push({
      ...names,
      check,
      bad,
      empty: bad,
      full: 0,
      nullable: false,
      exact: false,
      isJson: false,
      isNumber: false,
      optional: true,
    });
  }
  const kind = formatKind(feed.format);
  return {
    kind,
    columns,
    rules: compileRules(feed, bit),
    derived: feed.columns.flatMap((column) => (column.derive ? [{ ...checked(column), ...column.derive }] : [])),
    reasons,
    checksum: contractChecksum(feed),
    dialect: isReplay
      ? replayDialect(feed.format)
      : { ...dialectOf(feed.format), ...(feed.manifest !== undefined && { longestRow: longestLakeRow }) },
    coding: codingOf(feed, isReplay, key),
    isPackedByName: feed.format?.compression === 'by-name',
    ignoresExtra: ignoresExtra(feed.format),
    keeps: feed.columns.filter(({ name }) => name === keptColumn(feed.format)).map(checked)[0],
    trims: kind !== 'combined-log',
    nulls: nullsOf(feed.format),
  };
}

/** What databases have in a row may be long, and lie in columns that the feed ignores. Landing holds about five such rows. */
const longestLakeRow = 16 << 20;

/** How the rows of a feed are divided. */
export function dialectOf(format?: FormatDefinition): Dialect {
  if (formatKind(format) === 'json') return jsonDialect;
  if (formatKind(format) !== 'csv') return lineDialect;
  const { delimiter, quote, header } = csvFormat(format) ?? {};
  return {
    delimiter: delimiter?.charCodeAt(0) ?? standardDialect.delimiter,
    quote: quote === 'none' ? undefined : (quote?.charCodeAt(0) ?? standardDialect.quote),
    header: header ?? standardDialect.header,
  };
}

/** Rows that are loaded again are lines, whatever the files are. */
function replayDialect(format?: FormatDefinition): Dialect {
  return formatKind(format) === 'csv' ? { ...dialectOf(format), header: 'names' } : { ...lineDialect, header: 'places' };
}

function codingOf({ format, columns }: FeedDefinition, isReplay: boolean, key: string): Coding {
  const compression = compressionOf(format, key);
  if (isReplay) return { ...noCoding, ...(format?.compression === 'by-name' && { compression }) };
  return {
    encoding: csvFormat(format)?.encoding ?? noCoding.encoding,
    compression,
    ...(format?.kind === 'json' && { json: jsonForm(format, columns) }),
  };
}

function jsonForm(format: Extract<FormatDefinition, { kind: 'json' }>, columns: readonly ColumnDefinition[]): JsonForm {
  const wanted = columns.flatMap((column) => columnTitles(column)).map((title) => title.split('.')[0]!);
  return { entries: format.entries, ...(ignoresExtra(format) && { around: wanted }) };
}

function nullsOf(format?: FormatDefinition): NullRule | undefined {
  const { nulls, quotedEmpty } = csvFormat(format) ?? {};
  if (nulls === undefined && quotedEmpty === undefined) return undefined;
  return { tokens: (nulls ?? []).map((token) => Buffer.from(token)), emptyIsNull: quotedEmpty === 'text' };
}
