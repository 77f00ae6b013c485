import { headerName, type Contract } from '../../contract.js';
import { fieldsOf, listed, separatorName, separators } from './fields.js';
import { trimSigns } from '../../fields/trim-signs.js';
import { compareNames } from './compare-names.js';
import { linesEndWithCr } from './cr-lines.js';

/** Why a header is refused. */
export interface HeaderProblem {
  /** For logs and histories too: counts, places, names of the definition and the likely cause; nothing that stands in the file. */
  readonly problem: string;
  /** What stands in the header; only where rows may be seen, for the first line of a file without a header is a row. */
  readonly found?: string | undefined;
}

/** Lines after the first one in which a header is looked for. */
const looked = 50;
const shownName = 40;

/**
 * Explains a first line that is not the header of the feed: what is wrong with it, what is expected, and what probably happened.
 * `following` is text from its end on, `otherwise` what is to be said where nothing of that kind is known.
 */
export function explainHeader(line: string, following: string, contract: Contract, otherwise?: string): HeaderProblem {
  const expected = contract.columns.filter(({ optional }) => !optional).map(({ title }) => title);
  const names = fieldsOf(line, delimiterOf(contract));
  const cause = knownCause(line, following, contract) ?? otherwise ?? compareNames(names, contract);
  const problem = `${cause}. Expected: ${listed(expected, 12)}`;
  const shown = names.map((name) => JSON.stringify(name.length > shownName ? `${name.slice(0, shownName)}...` : name));
  return { problem, found: `found: ${listed(shown)}` };
}

/** What happened to the file as a whole, with what to do. */
function knownCause(line: string, following: string, contract: Contract): string | undefined {
  const own = delimiterOf(contract);
  const names = fieldsOf(line, own);
  const known = (fields: readonly string[]) => fields.filter((field) => isKnown(field, contract)).length;
  const count = contract.columns.filter(({ optional }) => !optional).length;
  if (/^"?sep=.?"?\s*$/i.test(line)) return 'the first line is a "sep=" line for Excel and no header. Take it out';
  const [beforeReturn = ''] = line.split('\r');
  if (line.trim().includes('\r') && known(fieldsOf(beforeReturn, own)) > 0) return linesEndWithCr;
  for (const [separator, name] of separators.filter(([separator]) => separator !== own)) {
    const fields = fieldsOf(line, separator);
    const isLikely = known(fields) > known(names) || (known(names) === 0 && names.length < fields.length && fields.length === count);
    if (fields.length > 1 && isLikely)
      return `the header has ${columns(names.length)} instead of ${count}: ${name} separates the columns of this file, and ${separatorName(own)} must`;
  }
  const inner = /^\s*"(.*)"\s*$/s.exec(line)?.[1];
  if (names.length === 1 && inner !== undefined && known(fieldsOf(inner, own)) > 0)
    return 'the whole header line stands in quotes, so that it is one column. Take them out';
  const bare = names.map((name) => trimSigns(name, "'`´‘’“”„«»"));
  if (known(bare) > known(names)) return 'the names of its columns stand in quotes of another kind. Only " may stand around them';
  if (known(names) > 0) return undefined;
  return laterHeader(line, following, contract) ?? otherForm(line) ?? rowForHeader(names, contract);
}

/** A title, a note or an empty table before the header. */
function laterHeader(line: string, following: string, contract: Contract): string | undefined {
  const isHeader = (text: string) => {
    const fields = fieldsOf(text, delimiterOf(contract));
    return contract.columns.every(({ headers, optional }) => optional || fields.some((field) => headers.includes(headerName(field))));
  };
  const at = following.split(/\r\n|\n|\r/, looked).findIndex(isHeader);
  if (at !== -1) return `the header is not the first line. Take out what stands before it (${at === 1 ? '1 line' : `${at} lines`})`;
  return /^\s*(#|\/\/|--|%|;|\/\*)/.test(line) ? 'the first line looks like a comment. The first line must be the header' : undefined;
}

function otherForm(line: string): string | undefined {
  if (/^\s*(\{|\[)/.test(line)) return 'the file looks like JSON. Deliver it as CSV';
  if (/^\s*</.test(line)) return 'the file looks like HTML or XML, perhaps the page of an error. Deliver it as CSV';
  return undefined;
}

/** A row where the header should be: its values are those of the columns, or numbers and days. */
function rowForHeader(names: readonly string[], contract: Contract): string | undefined {
  const columns = contract.columns.filter(({ optional }) => !optional);
  const fits = columns.map(({ check }, index) => {
    const value = Buffer.from(names[index] ?? '');
    return value.length === 0 || check(value, 0, value.length);
  });
  const hasNumbers = names.filter((name) => /^[-+]?\d[\d.,:/ TZ-]*$/.test(name)).length;
  if (!(hasNumbers > 0 && (hasNumbers * 4 >= names.length || (names.length === columns.length && fits.every(Boolean))))) return undefined;
  return "column 1 of the header is not one of the feed's. The first line looks like a row: put a header line before it";
}

function delimiterOf({ dialect }: Contract): string {
  return String.fromCharCode(dialect.delimiter);
}

function isKnown(name: string, { columns }: Contract): boolean {
  return columns.some(({ headers }) => headers.includes(headerName(name)));
}

export function columns(count: number): string {
  return count === 1 ? '1 column' : `${count} columns`;
}
