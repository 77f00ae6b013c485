import type { Compression } from '../read/decode/decode.js';
import { headerName } from '../read/contract.js';
import type { CsvFormat } from '../read/format.js';
import type { ColumnGuess } from './column-guess.js';

const delimiters = [',', ';', '\t', '|', '\u001f', '\u0001', '^', '~'] as const;

/** What the bytes of a file say of how it is written. */
export interface GuessedFormat {
  readonly format: Pick<CsvFormat, 'delimiter' | 'encoding' | 'compression'>;
  readonly delimiter: string;
}

/** The first bytes of packed files. */
const beginnings: readonly (readonly [compression: Compression, bytes: string])[] = [
  ['gzip', '\x1f\x8b'],
  ['zstd', '\x28\xb5\x2f\xfd'],
];

/** Of the first four bytes of a file, or of all where it has fewer. */
export function guessCompression(bytes: Uint8Array): Compression {
  const text = Buffer.from(bytes).toString('latin1');
  return beginnings.find(([, beginning]) => text.startsWith(beginning))?.[0] ?? 'none';
}

/** Of the unpacked bytes; `isUtf8`: all of them are UTF-8. */
export function guessEncoding(first: Uint8Array, isUtf8: boolean): NonNullable<CsvFormat['encoding']> {
  if ((first[0] === 0xff && first[1] === 0xfe) || (first[0] === 0xfe && first[1] === 0xff)) return 'utf-16';
  return isUtf8 ? 'utf-8' : 'windows-1252';
}

/** The character that splits each of the first lines into the same number of fields, and into the most fields. A comma if there is none. */
export function guessDelimiter(text: string): string {
  const lines = text.split(/\r?\n/).filter((line) => line !== '');
  // The last line of what was read may be cut.
  const whole = lines.length > 1 ? lines.slice(0, -1).slice(0, 50) : lines;
  const scored = delimiters.map((delimiter) => {
    const counts = whole.map((line) => withoutQuoted(line).split(delimiter).length - 1);
    const first = counts[0] ?? 0;
    const same = counts.filter((count) => count === first).length;
    return { delimiter, score: first === 0 ? 0 : first * (same / Math.max(1, counts.length)) };
  });
  return scored.reduce((best, each) => (each.score > best.score ? each : best)).delimiter;
}

function withoutQuoted(line: string): string {
  return line.replace(/"(?:[^"]|"")*"/g, '');
}

/**
 * What the first row is: names of the columns, each of its own and no number or date; the same, but that some are missing or twice, which
 * rows of other types tell; or a row like the others, of which `others` were guessed.
 */
export function guessHeader(first: readonly string[], others: readonly ColumnGuess[]): NonNullable<CsvFormat['header']> {
  const names = first.map(headerName);
  if (names.some((name) => name !== '' && /^[-+\d.,:/ ]*$/.test(name))) return 'none';
  if (new Set(names).size === names.length && !names.includes('')) return 'names';
  const isOther = names.some((name, index) => name !== '' && others[index]!.isKnown && others[index]!.type.kind !== 'text');
  return isOther ? 'position' : 'none';
}
