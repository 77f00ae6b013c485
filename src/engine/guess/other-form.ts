import { endsWithCr, linesEndWithCr } from '../read/csv/header/cr-lines.js';
import { foreignFile, knownBytes, type KnownFeed } from '../read/csv/header/known-bytes.js';
import { parseCombinedLog } from '../read/lines/combined-log.js';

const csv: KnownFeed = { kind: 'csv', isPackedByName: false };

/** Why no definition of CSV can be guessed from a file that begins with this text, with what to do; undefined where one can. */
export function otherForm(text: string): string | undefined {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const first = lines[0] ?? '';
  if (/^\s*\[/.test(first)) return byHand('JSON', 'json');
  if (/^\s*\{/.test(first)) return byHand('JSON', isObject(first) ? 'ndjson' : 'json');
  const visit = parseCombinedLog(first);
  if (!('length' in visit) || !visit.includes('bad_line')) return byHand('a web log', 'combined-log');
  if (/^"?sep=.?"?\s*$/i.test(first)) return 'the first line is a "sep=" line for Excel and no header. Take it out';
  const line = Buffer.from(first);
  if (lines.length === 1 && endsWithCr(line, 0, line.length, 0x22)) return linesEndWithCr;
  return undefined;
}

/** The same of the first bytes of a file, unpacked, that is not in UTF-16. */
export function foreignSample(start: Buffer): string | undefined {
  return foreignFile(start, csv) ?? (start.includes(0) ? knownBytes(start, start, csv) : undefined);
}

function byHand(what: string, kind: string): string {
  return `the file is ${what}, and guesses are made of CSV files. Write its definition by hand: format: { kind: '${kind}' }`;
}

function isObject(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}
