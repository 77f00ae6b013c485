import { isUtf8 } from 'node:buffer';
import { eachMember, type Member } from '../lines/json-members.js';
import { UnreadableFileError } from './unreadable-file-error.js';

/** A file whose rows are members of one object is held in memory. */
export const maxDocumentBytes = 16 << 20;

/** What a row of an entry calls the entry's own name and value. */
export const entryName = '@name';
export const entryValue = '@value';

const byteOrderMark = '\ufeff';
const lineBreaks = /[\r\n]/g;

/**
 * A line for each member of the object `entries` of a document: its name, its value, and the document's other members. Lines are counted as
 * `jsonLines` says. Throws UnreadableFileError where the document is no such object.
 */
export function* entryLines(bytes: Buffer, entries: string, around: readonly string[] | undefined): Generator<Buffer, void, undefined> {
  const text = documentText(bytes);
  const others: string[] = [];
  let found: Member | undefined;
  eachMember(text, text.indexOf('{'), (member) => {
    if (member.name === entries) {
      if (found) throw unreadable(`the document has two members ${entries}`);
      found = member;
    } else if (around?.includes(member.name) ?? true) others.push(text.slice(member.start, member.valueEnd));
  });
  if (!found) throw unreadable(`the document has no member ${entries}`);
  if (text[found.valueStart] !== '{') throw unreadable(`the member ${entries} of the document is not an object`);
  const rest = others.map((other) => `,${other.replace(lineBreaks, ' ')}`).join('');
  const lines: string[] = [];
  let last = 0;
  eachMember(text, found.valueStart, ({ start, nameEnd, valueStart, valueEnd }) => {
    const name = text.slice(start, nameEnd);
    const value = text.slice(valueStart, valueEnd).replace(lineBreaks, ' ');
    lines.push('\r\n'.repeat(lineFeedsIn(text, last, start)), `{"${entryName}":${name},"${entryValue}":${value}${rest}}\n`);
    last = start;
  });
  for (const line of lines) yield Buffer.from(line, 'utf8');
}

/** The text of one JSON object; its places in lines are those of the file. */
function documentText(bytes: Buffer): string {
  if (bytes.length === 0) throw unreadable('the file is empty. Deliver the document');
  if (!isUtf8(bytes)) throw unreadable('the document is not text in UTF-8');
  const text = bytes.toString('utf8').replace(byteOrderMark, '');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw unreadable('the document is no JSON, or its end is missing. Deliver it again');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unreadable('the document is not an object: { ... }');
  return text;
}

function lineFeedsIn(text: string, start: number, end: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', start); at !== -1 && at < end; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

function unreadable(problem: string): UnreadableFileError {
  return new UnreadableFileError('bad_json', problem);
}
