import { counted, grouped } from '../../contracts/format-numbers.js';
import { pageMistake } from '../definition/checks/check-page.js';
import { isEngineColumn } from '../definition/engine-columns.js';
import type { ColumnDefinition } from '../definition/types.js';
import type { CsvFormat } from '../read/format.js';
import { traitsOf } from '../types/column-traits.js';
import type { ColumnType } from '../types/column-type.js';
import type { ColumnGuess } from './column-guess.js';

export interface GuessedColumn {
  readonly name: string;
  /** As the file has it; undefined where it has no header. */
  readonly header: string | undefined;
  readonly guess: ColumnGuess;
}

export interface Guesses {
  /** Of the pipeline, its feed and its entity. */
  readonly name: string;
  readonly file: string;
  readonly rows: number;
  /** Rows with another number of fields than the first one. */
  readonly oddRows: number;
  readonly match: string;
  readonly format: CsvFormat;
  readonly columns: readonly GuessedColumn[];
}

/** Names of columns in snake_case, each once. */
export function columnNames(headers: readonly string[]): readonly string[] {
  const names: string[] = [];
  for (const header of headers) {
    const snake = header
      .normalize('NFKD')
      .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '_')
      .replace(/^_+|_+$/g, '');
    const base = (/^[a-z]/.test(snake) ? snake : `column_${snake || names.length + 1}`).slice(0, 44);
    const free = isEngineColumn(base) ? `${base}_of_file` : base;
    let name = free;
    for (let number = 2; names.includes(name); number += 1) name = `${free}_${number}`;
    names.push(name);
  }
  return names;
}

/** The column whose values tell rows apart: one that is called like an id first. */
export function guessKey(columns: readonly GuessedColumn[]): GuessedColumn | undefined {
  const unique = columns.filter(({ guess }) => guess.isKey && (traitsOf(guess.type).keyBytes ?? Infinity) <= 3_072);
  const named = (pattern: RegExp) => unique.find(({ name }) => pattern.test(name));
  return named(/(^|_)(id|uuid)$/) ?? named(/(^|_)(no|number|key|code)$/) ?? unique[0];
}

/** The definition in TypeScript, each guess with what it was made of. */
export function writeDefinition({ name, file, rows, oddRows, match, format, columns }: Guesses): string {
  const found = guessKey(columns);
  const key = found ?? columns.find(({ guess }) => (traitsOf(guess.type).keyBytes ?? Infinity) <= 3_072) ?? columns[0]!;
  const apart = storedApart(columns, key);
  const wide = isWide(columns, key);
  const written = columns.map((column) => writtenColumn(column, { isKey: column === key, isApart: apart.has(column), isWide: wide }));
  const named = [...new Set(written.map(({ reason }) => reason))];
  const values = columns.filter((column) => column !== key).map((column) => column.name);
  const lines = [
    `import { definePipeline } from '@strata-etl/strata';`,
    ``,
    `// Written by \`strata feed add ${name}\` from ${comment(file)}, ${counted(rows, 'row')}. Correct what the sample does not show.`,
    `export default definePipeline({`,
    `  name: ${literal(name)},`,
    `  sourceSetting: ${literal(`${name.toUpperCase()}_SOURCE_URL`)},`,
    `  schedules: { pickup: '*/5 * * * *', process: '*/10 * * * *', aggregate: '*/10 * * * *' },`,
    `  feeds: [`,
    `    {`,
    `      name: ${literal(name)},`,
    `      // Files that are called like the sample, up to its first digit.`,
    `      match: ${literal(match)},`,
    ...(Object.keys(format).length > 0 ? [`      format: ${literal(format)},`] : []),
    ...(oddRows > 0
      ? [`      // Rows with another number of fields than the first one, which go to quarantine: ${grouped(oddRows)}.`]
      : []),
    `      reasons: ${literal(named)},`,
    `      columns: [`,
    ...written.flatMap(({ text, explanation }) => [...(explanation === '' ? [] : [`        // ${explanation}.`]), `        ${text},`]),
    `      ],`,
    `    },`,
    `  ],`,
    `  entities: [`,
    `    {`,
    `      name: ${literal(name)},`,
    found
      ? `      // ${key.name} is different in each row, so that a later row of the same ${key.name} replaces the earlier one.`
      : `      // No column is different in each row. Rows with the same key replace one another: name the columns that tell rows apart.`,
    `      key: ${literal([key.name])},`,
    `      values: ${literal(values)},`,
    `      from: [{ feed: ${literal(name)} }],`,
    `    },`,
    `  ],`,
    `  surrogates: [],`,
    `  vault: { hubs: [], links: [], satellites: [] },`,
    `  sqlFolder: 'sql',`,
    `});`,
    ``,
  ];
  return lines.join('\n');
}

/** The longest texts, as many of them as a row of changes has no room for: it holds each value twice. Longer texts are stored apart. */
function storedApart(columns: readonly GuessedColumn[], key: GuessedColumn): ReadonlySet<GuessedColumn> {
  const apart = new Set<GuessedColumn>();
  const bytesOf = ({ guess }: GuessedColumn) => 2 * traitsOf(guess.type).rowBytes;
  const longest = columns.filter((column) => column !== key && column.guess.type.kind === 'text').sort((a, b) => bytesOf(b) - bytesOf(a));
  let bytes = columns.reduce((sum, column) => sum + bytesOf(column), 0);
  for (const column of longest.filter((each) => bytesOf(each) > 100)) {
    if (bytes <= mostRowBytes) break;
    apart.add(column);
    bytes -= bytesOf(column) - 24;
  }
  return apart;
}

/** Whether texts are so many that the short ones among them have to be of a length that a page need not hold whole. */
function isWide(columns: readonly GuessedColumn[], key: GuessedColumn): boolean {
  const values = columns.filter((column) => column !== key).map(({ guess }) => guess.type);
  return pageMistake({ key: [key.guess.type], values, images: 2 }) !== undefined;
}

/** MySQL allows 65,535, some of which are for columns of the engine. */
const mostRowBytes = 60_000;
/** More characters than a text in the row itself may have. */
const longText = 4_000;

/** The shortest text that a page need not hold whole. */
const wideText = 64;

interface Place {
  readonly isKey: boolean;
  readonly isApart: boolean;
  readonly isWide: boolean;
}

function writtenColumn({ name, header, guess }: GuessedColumn, { isKey, isApart, isWide }: Place) {
  const { type: own } = guess;
  const type =
    own.kind !== 'text'
      ? own
      : { ...own, maxLength: isKey ? Math.min(own.maxLength, 500) : Math.max(own.maxLength, isApart ? longText : isWide ? wideText : 0) };
  const explanation = isApart
    ? `${guess.explanation}. All texts together are too long for a row, so this one is stored apart`
    : guess.explanation;
  const reason = isKey ? 'bad_key' : (reasons[type.kind] ?? 'bad_value');
  const column: Omit<ColumnDefinition, 'header'> & { readonly header?: string } = {
    name,
    ...(header === undefined ? {} : { header }),
    type,
    ...(guess.isNullable && !isKey ? { nullable: true } : {}),
    reason,
  };
  return { text: literal(column), explanation, reason };
}

const reasons: Readonly<Partial<Record<ColumnType['kind'], string>>> = {
  text: 'too_long',
  integer: 'bad_number',
  decimal: 'bad_number',
  date: 'bad_date',
  time: 'bad_time',
  timestamp: 'bad_time',
};

/** A value as TypeScript writes it, in one line. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value === 'object' && value !== null)
    return `{ ${Object.entries(value)
      .map(([name, each]) => `${name}: ${literal(each)}`)
      .join(', ')} }`;
  if (typeof value !== 'string') return JSON.stringify(value);
  const inner = JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"');
  return `'${inner.replaceAll("'", "\\'").replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`;
}

/** A file's name in a comment. */
function comment(text: string): string {
  return JSON.stringify(text).replace(/[^\x20-\x7e]/g, '?');
}
