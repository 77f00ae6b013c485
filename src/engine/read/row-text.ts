import { replayedRow } from '../definition/replayed-row.js';
import type { FeedDefinition } from '../definition/types.js';
import { compileContract, type Contract } from './contract.js';
import { found, RowSplitter } from './csv/row-splitter.js';
import { trimBlanks } from './fields/trim-signs.js';
import { RowFields } from './fields/row-fields.js';
import { formatKind } from './format.js';
import { lineParser } from './lines/line-parser.js';
import { placeOf } from './lines/replayed-lines.js';

type Fields = readonly (string | null)[];

/** Why a row has no fields. */
interface Unread {
  readonly reasons: readonly string[];
}

/**
 * The fields of a row in quarantine, whose file has the columns of `header`, trimmed where blanks don't count; or the reasons why it
 * is none as a whole. Undefined where that is not known.
 */
export function fieldsOfRow(feed: FeedDefinition, header: readonly string[], raw: Buffer): Fields | Unread | undefined {
  const contract = compileContract(feed);
  return formatKind(feed.format) === 'csv' ? csvFields(contract, header, raw) : lineFields(contract, header, raw);
}

/** At most one more than the header has. */
function csvFields({ dialect, nulls, columns }: Contract, header: readonly string[], raw: Buffer): Fields | undefined {
  const most = header.length + 1;
  const exact = header.map((name) => columns.find((column) => column.name === name)?.exact);
  const bytes = Buffer.concat([raw, Buffer.from('\n')]);
  const row = new RowSplitter(most, dialect);
  const quote = dialect.quote === undefined ? undefined : String.fromCharCode(dialect.quote);
  if (raw.length === 0 || row.split(bytes, 0, raw.length, true) !== found.row) return undefined;
  return Array.from({ length: Math.min(row.count, most) }, (_, index) => {
    const start = row.starts[index]!;
    const whole = bytes.toString('utf8', start, row.ends[index]).replaceAll(quote === undefined ? '' : quote + quote, quote ?? '');
    const text = exact[index] ? whole : trimBlanks(whole);
    const isQuoted = start > 0 && bytes[start - 1] === dialect.quote;
    const isNull = !isQuoted && (text === '' ? nulls?.emptyIsNull : nulls?.tokens.some((token) => token.toString() === text));
    return isNull ? null : text;
  });
}

function lineFields(contract: Contract, header: readonly string[], raw: Buffer): Fields | Unread | undefined {
  const columns = header.flatMap((name) => contract.columns.filter((column) => column.name === name));
  const hasPlace = header.includes(replayedRow.column);
  if (columns.length + (hasPlace ? 1 : 0) !== header.length) return undefined;
  const place = hasPlace ? placeOf(raw, 0, raw.length) : undefined;
  const fields = new RowFields();
  const problem = lineParser(contract, columns)(raw.subarray(place?.end ?? 0), fields);
  if (problem !== undefined) return { reasons: problem };
  const texts = columns.map((_column, index) => fields.text(index));
  return hasPlace ? [...texts, place?.text ?? ''] : texts;
}
