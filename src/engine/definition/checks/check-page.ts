import { grouped } from '../../../contracts/format-numbers.js';
import { traitsOf } from '../../types/column-traits.js';
import type { ColumnType } from '../types.js';
import { maxPageBytes } from './limits.js';

/** A longer value can be stored outside of the page, all but this much of it, its length counted. */
const storedApart = 41;
/** Of a value that is always in the page. */
const mostInPage = 255;

/** Before the columns of each row: the record's header, and the transaction that wrote it. */
const recordBytes = 18;
/** Batch number, load, and kind of the change. */
const changesBytes = 49;
/** Load, place in the file, and times. */
const bulkBytes = 32;
/** Load, place, line, whether it is padded, and a replayed row's former place. */
const stagingBytes = 25 + storedApart;

/** Bytes of a column's longest value that lie in the row's own page, whatever the row's other columns hold. */
export function pageBytes(type: ColumnType): number {
  const { sqlType, rowBytes } = traitsOf(type);
  const [, kind, length] = /^(\w+)(?:\((\d+))?/.exec(sqlType) ?? [];
  if (kind === 'mediumtext') return storedApart;
  if (kind !== 'varchar' && kind !== 'char') return rowBytes;
  const bytes = 4 * Number(length);
  return bytes > mostInPage ? storedApart : bytes + 1;
}

/** What an entity's row is that does not fit into half a page, the most that InnoDB gives a row; undefined for one that fits. */
export function pageMistake(columns: {
  readonly key: readonly ColumnType[];
  readonly values: readonly ColumnType[];
  /** How often a row has each value. */
  readonly images: number;
}): string | undefined {
  const { key, values, images } = columns;
  const sum = (types: readonly ColumnType[], bytes: (type: ColumnType) => number) => types.reduce((all, type) => all + bytes(type), 0);
  const nulls = Math.ceil((images * values.length) / 8);
  const bytes =
    recordBytes + nulls + Math.max(changesBytes, bulkBytes) + sum(key, (type) => traitsOf(type).rowBytes) + images * sum(values, pageBytes);
  if (bytes <= maxPageBytes) return undefined;
  const isHelped = values.some((type) => pageBytes(type) > storedApart);
  const remedy = isHelped
    ? 'Give short texts a maxLength of 64 or more, because a longer text may be stored apart'
    : 'Divide the values among several entities';
  const twice = images > 1 ? ', and changes have each value twice' : '';
  return `make a row of which ${grouped(bytes)} bytes must lie in one page (a text of at most 63 characters counts 4 for each, another value at most ${storedApart}${twice}), and InnoDB allows ${grouped(maxPageBytes)}. ${remedy}`;
}

/** Columns that a feed can have: staging has a text for each. */
export const maxFeedColumns = [...Array(maxPageBytes).keys()]
  .filter((count) => recordBytes + stagingBytes + Math.ceil((count + 1) / 8) + count * storedApart <= maxPageBytes)
  .at(-1)!;
