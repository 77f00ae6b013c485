import type { ColumnDefinition, FeedDefinition } from '../../../../src/engine/definition/types.js';
import type { LoadedRow, SeenReject } from './scan-driver.js';
import { referencePoint } from '../../../support/trips/reference-point.js';

const limit = 1 << 20;
const kept = 64 << 10;

type Parsed =
  | { readonly kind: 'row'; readonly end: number; readonly next: number; readonly fields: string[] }
  | { readonly kind: 'bad_quote' }
  | { readonly kind: 'too_long' };

/**
 * The spec once more, as plainly as possible: the whole file as one latin1 string, character by character, no state kept
 * between rows. Slow; serves to judge the scanner. Starts after the header.
 */
export function referenceScan(
  feed: FeedDefinition,
  order: readonly number[],
  bytes: Buffer,
  start: number,
  startLine: number,
): { rows: LoadedRow[]; rejects: SeenReject[] } {
  const text = bytes.toString('latin1');
  const columns = order.map((index) => feed.columns[index]).filter((column): column is ColumnDefinition => column !== undefined);
  const rows: LoadedRow[] = [];
  const rejects: SeenReject[] = [];
  let at = start;
  let line = startLine;
  while (at < text.length) {
    const physical = lineAt(text, at);
    if (/^[ \t]*$/.test(text.slice(at, physical.end))) {
      at = physical.next;
      line++;
      continue;
    }
    const parsed = parseRow(text, at);
    let extent: { end: number; next: number };
    let reasons: string[] = [];
    if (parsed.kind === 'row') {
      extent = parsed;
      const raw = text.slice(at, parsed.end);
      const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
      let fields: string[] | undefined;
      try {
        fields = parsed.fields.map((field) => utf8.decode(Buffer.from(field, 'latin1')));
      } catch {
        fields = undefined;
      }
      if (fields === undefined || raw.includes('\0')) {
        reasons = ['bad_encoding'];
      } else if (fields.length !== columns.length) {
        reasons = ['wrong_column_count'];
      } else {
        const trimmed = fields.map((field) => field.replace(/^[ \t\r\n]+/, '').replace(/[ \t\r\n]+$/, ''));
        const found = new Set(columns.map((column, i) => reasonOf(column, trimmed[i] ?? '')));
        reasons = feed.reasons.filter((reason) => found.has(reason));
        if (reasons.length === 0) rows.push({ offset: at, line, padded: trimmed.some((value, i) => value !== fields[i]), fields });
      }
    } else if (parsed.kind === 'bad_quote' && physical.end - at <= limit) {
      extent = physical;
      reasons = ['bad_quote'];
    } else {
      extent = lineAt(text, at + limit);
      reasons = ['row_too_long'];
    }
    if (reasons.length > 0) {
      const length = extent.end - at;
      const raw = text.slice(at, reasons[0] === 'row_too_long' ? at + kept : extent.end);
      rejects.push({ line, offset: at, bytes: length, reasons: reasons.join(), raw });
    }
    line += text.slice(at, extent.next).split('\n').length - 1;
    at = extent.next;
  }
  return { rows, rejects };
}

function lineAt(text: string, from: number): { end: number; next: number } {
  const lineFeed = text.indexOf('\n', from);
  if (lineFeed === -1) return { end: text.length, next: text.length };
  return { end: text[lineFeed - 1] === '\r' ? lineFeed - 1 : lineFeed, next: lineFeed + 1 };
}

function parseRow(text: string, start: number): Parsed {
  const fields: string[] = [];
  let field = '';
  let state: 'start' | 'plain' | 'quoted' | 'closed' = 'start';
  for (let at = start; ; at++) {
    const char = text[at];
    const ends = char === undefined || char === '\n' || (char === '\r' && text[at + 1] === '\n');
    if (state !== 'quoted' && ends && at - start <= limit) {
      fields.push(field);
      return { kind: 'row', end: at, next: char === undefined ? at : at + (char === '\r' ? 2 : 1), fields };
    }
    if (at - start >= limit) return { kind: state === 'quoted' || (state === 'closed' && char === '"') ? 'bad_quote' : 'too_long' };
    if (state === 'quoted') {
      if (char === undefined) return { kind: 'bad_quote' };
      if (char === '"') state = 'closed';
      else field += char;
    } else if (char === ',') {
      fields.push(field);
      field = '';
      state = 'start';
    } else if (char === '"') {
      if (state === 'plain') return { kind: 'bad_quote' };
      if (state === 'closed') field += char;
      state = 'quoted';
    } else {
      if (state === 'closed') return { kind: 'bad_quote' };
      field += char ?? '';
      state = 'plain';
    }
  }
}

function reasonOf(column: ColumnDefinition, value: string): string | undefined {
  const { type, reason } = column;
  if (value === '' && column.nullable) return undefined;
  if (value === '' && typeof reason !== 'string') return reason.empty;
  return isGood(type, value) ? undefined : typeof reason === 'string' ? reason : reason.bad;
}

function isGood(type: ColumnDefinition['type'], value: string): boolean {
  switch (type.kind) {
    case 'integer':
      return (
        /^-?[0-9]+$/.test(value) &&
        (type.min.startsWith('-') || !value.startsWith('-')) &&
        BigInt(value) >= BigInt(type.min) &&
        BigInt(value) <= BigInt(type.max)
      );
    case 'decimal': {
      const match = /^-?([0-9]+)(?:\.([0-9]+))?$/.exec(value);
      return match !== null && (match[2] ?? '').length <= type.scale && BigInt(match[1] ?? '') < 10n ** BigInt(type.precision - type.scale);
    }
    case 'date': {
      const pattern =
        type.format === 'd/m/yyyy'
          ? /^(?<d>[0-9]{1,2})\/(?<m>[0-9]{1,2})\/(?<y>[0-9]{4})$/
          : /^(?<y>[0-9]{4})-(?<m>[0-9]{1,2})-(?<d>[0-9]{1,2})$/;
      const { d, m, y } = pattern.exec(value)?.groups ?? {};
      const date = new Date(Date.UTC(Number(y), Number(m) - 1, Number(d)));
      return Number(y) >= 1000 && date.getUTCMonth() === Number(m) - 1 && date.getUTCDate() === Number(d);
    }
    case 'choice':
      return type.values.some((choice) => choice.toLowerCase() === value.replace(/[A-Z]/g, (letter) => letter.toLowerCase()));
    case 'text':
      return [...value].length <= type.maxLength;
    case 'boolean':
      return /^(true|t|yes|y|on|1|false|f|no|n|off|0)$/i.test(value);
    case 'time':
      return isTimeOfDay(value, type.precision);
    case 'timestamp': {
      const [, day = '', time = '', zone = ''] =
        /^([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]([0-9:.]+)(Z|[+-](?:0[0-9]|1[0-4])(?::?[0-5][0-9])?)?$/.exec(value) ?? [];
      const years = type.zone === 'utc' || type.zone === 'none' ? day >= '1000' : day >= '1001' && day < '9999';
      const date = new Date(`${day}T00:00:00Z`);
      const exists = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
      return day !== '' && exists && years && isTimeOfDay(time, type.precision) && (zone !== '') === (type.zone === 'given');
    }
    case 'point':
      return referencePoint(value) !== undefined;
    case 'code':
      return [...value].length === type.length;
    case 'json':
      try {
        JSON.parse(value);
        return true;
      } catch {
        return false;
      }
  }
}

function isTimeOfDay(value: string, precision: number): boolean {
  const fraction = /^([01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.([0-9]+))?)?$/.exec(value);
  return fraction !== null && (fraction[2] ?? '').length <= precision;
}
