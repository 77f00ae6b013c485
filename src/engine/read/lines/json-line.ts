import { isUtf8 } from 'node:buffer';
import type { ColumnContract, Contract } from '../contract.js';
import type { RowReason } from '../reject.js';
import { readObject, type PropertyTree } from './json-properties.js';
import type { LineParser } from './line-parser.js';

const badEncoding: readonly RowReason[] = ['bad_encoding'];
const badLine: readonly RowReason[] = ['bad_line'];
const unknownProperty: readonly RowReason[] = ['unknown_property'];
const blanksBefore = /^[ \t\r]+/;
/** What no column of text can hold. */
const noText = /\0|\p{Surrogate}/u;

type JsonColumn = Pick<ColumnContract, 'titles' | 'isJson' | 'isNumber'>;

/**
 * Lines that are one JSON object each. A column is a property, or one of an object within it (`a.b`). Numbers keep their text, but
 * those of a column of numbers are written plainly: see `plainNumber`. A property that is missing is empty, and null is NULL. What the feed takes stands there once at most.
 */
export function jsonLineParser(
  { ignoresExtra, keeps, dialect }: Pick<Contract, 'ignoresExtra' | 'keeps' | 'dialect'>,
  columns: readonly JsonColumn[],
): LineParser {
  const tree = treeOf(columns);
  return (line, fields) => {
    if (!isUtf8(line) || line.includes(0)) return badEncoding;
    const delivered = line.toString('utf8').replace(blanksBefore, '');
    // Where a carriage return stands for a line of the file, values have their own line breaks again.
    const text = dialect.lineSign === undefined ? delivered : delivered.replaceAll('\r', '\n');
    if (!text.startsWith('{') || !isJson(text)) return badLine;
    const found = readObject(text, tree, columns.length, keeps !== undefined);
    if (found === undefined) return badLine;
    if (found.hasOthers && !ignoresExtra) return unknownProperty;
    const kept = objectOf(found.others);
    if (kept === undefined) return badLine;
    fields.kept = kept;
    for (const [place, raw] of found.values.entries()) {
      const { isJson: isRaw, isNumber } = columns[place]!;
      const value = raw === undefined ? '' : isRaw && raw !== 'null' ? raw : valueOf(raw, isNumber);
      if (value !== null && noText.test(value)) return badEncoding;
      fields.addText(value);
    }
    return undefined;
  };
}

/** In the order of their names, so that a row is the same in whichever order it has them; undefined where one is there twice. */
function objectOf(others: readonly (readonly [path: string, raw: string])[]): string | null | undefined {
  if (others.length === 0) return null;
  if (new Set(others.map(([path]) => path)).size < others.length) return undefined;
  const members = [...others].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, raw]) => `${JSON.stringify(path)}:${raw}`);
  return `{${members.join(',')}}`;
}

/** The line with the properties that were kept of it, each at its top. */
export function withKept(line: string, kept: string | null): string {
  if (kept === null) return line;
  return line === '{}' ? kept : `${line.slice(0, -1)},${kept.slice(1)}`;
}

/** A line that gives these fields again: the columns' texts, NULL where a column is. */
export function jsonLine(columns: readonly JsonColumn[], fields: readonly (string | null)[]): string {
  const whole: Branch = new Map();
  columns.forEach(({ titles, isJson: isRaw }, place) => {
    const path = (titles[0] ?? '').split('.');
    const value = fields[place] ?? null;
    if (value === '') return;
    const branch = path.slice(0, -1).reduce((inside, name) => {
      const next = inside.get(name);
      const below: Branch = next instanceof Map ? next : new Map();
      inside.set(name, below);
      return below;
    }, whole);
    branch.set(path.at(-1)!, value === null ? 'null' : isRaw ? value : JSON.stringify(value));
  });
  return written(whole);
}

type Branch = Map<string, string | Branch>;

function written(branch: Branch): string {
  return `{${[...branch].map(([name, value]) => `${JSON.stringify(name)}:${typeof value === 'string' ? value : written(value)}`).join(',')}}`;
}

function treeOf(columns: readonly JsonColumn[]): PropertyTree {
  const root: PropertyTree = { below: new Map() };
  columns.forEach(({ titles }, place) => {
    for (const title of titles) {
      let node = root;
      for (const name of title.split('.')) {
        const next: PropertyTree = node.below.get(name) ?? { below: new Map() };
        node.below.set(name, next);
        node = next;
      }
      node.place = place;
    }
  });
  return root;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What a value says where the column holds no JSON itself; an object or a list is its text. */
function valueOf(raw: string, isNumber: boolean): string | null {
  if (raw === 'null') return null;
  if (!raw.startsWith('"')) return isNumber ? plainNumber(raw) : raw;
  return raw.includes('\\') ? (JSON.parse(raw) as string) : raw.slice(1, -1);
}

function withoutZerosAfter(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits[end - 1] === '0') end--;
  return digits.slice(0, end);
}

const numberText = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * The same number without an exponent and without zeros at the end of its fraction, which JSON may write for any number: 1.5e-7 is
 * 0.00000015, and 7.0 is 7. A number with more digits than any column can have stays as it is.
 */
function plainNumber(raw: string): string {
  const [, sign = '', whole = '', fraction = '', exponent] = numberText.exec(raw) ?? [];
  if (whole === '' || (fraction === '' && exponent === undefined)) return raw;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent ?? 0);
  const left = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0';
  const right = point < 0 ? '0'.repeat(-point) + digits : digits.slice(point);
  const decimals = withoutZerosAfter(right);
  return `${sign}${left.replace(/^0+(?=\d)/, '')}${decimals === '' ? '' : `.${decimals}`}`;
}
