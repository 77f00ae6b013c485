import { createHash } from 'node:crypto';
import { undescribed } from '../bulk/tables.js';
import { dateMistake, hasDate, keyOfDate } from '../dated/dated-output.js';
import { parseReads } from '../dated/parse-reads.js';
import { splitHeader, type Line, type Report } from '../marts/parse/mart-header.js';
import type { MartFile, MartProblem } from '../marts/mart.js';
import { firstLine, readColumns, sqlOf } from '../marts/parse/sections.js';
import { identifierPattern } from '../sql/identifier.js';
import { exportFormats, type Export, type ExportFormat } from './export.js';
import { parquetType } from './parquet-types.js';
import { defaultPartBytes, hasParts, keyOfPart, partBytesOf, placeMistake } from './parts.js';

/** A key of S3 that every reader takes, and a path that stays below its folder. */
const keyPattern = /^(?!.*(^|\/)\.)[A-Za-z0-9_=.-]+(\/[A-Za-z0-9_=.-]+)*$/;
const endings: Readonly<Record<ExportFormat, string>> = { parquet: '.parquet', csv: '.csv' };

/** Reads one file of an `exports` folder. Mistakes go to `problems`; null when the first line does not name an export. */
export function parseExportFile(file: MartFile, problems: MartProblem[]): Export | null {
  const lines = file.text.split(/\r?\n/).map((text, index) => ({ number: index + 1, text: text.trimEnd() }));
  const problem: Report = (line, text) => void problems.push({ path: file.path, line, text });
  const name = /^-- export: ([a-z0-9_]+)$/.exec(lines[0]?.text ?? '')?.[1];
  if (name === undefined || !identifierPattern.test(name)) {
    problem(1, 'the first line must be `-- export: <name>`: a letter, then small letters, digits and underscores');
    return null;
  }
  const { header, body } = splitHeader(lines.slice(1));
  const { fields, description } = readFields(header, problem);
  const format = formatOf(fields.get('format'), problem);
  const to = fields.get('to')?.value ?? '';
  const misplaced = placeMistake(to);
  if (misplaced !== undefined) problem(fields.get('to')?.line ?? 1, misplaced);
  else if (!keyPattern.test(keyOfPart(keyOfDate(to, '2000-01-01'), 0)))
    problem(fields.get('to')?.line ?? 1, 'an export needs `-- to: <key>`, such as `daily_sales/part-{part}.parquet`');
  else if (!to.endsWith(endings[format])) problem(fields.get('to')?.line ?? 1, `the key of a ${format} export ends in ${endings[format]}`);
  const list = (name: string) => (fields.get(name)?.value ?? '').split(',').flatMap((each) => (each.trim() === '' ? [] : [each.trim()]));
  const after = list('after');
  const reads = parseReads(list('reads'), (text) => problem(fields.get('reads')?.line ?? 1, text));
  const sections = splitSections(body, problem);
  const columns = undescribed(readColumns(sections.columns, problem));
  if (columns.length === 0) problem(1, 'an export needs a section `-- columns`');
  for (const column of format === 'parquet' ? columns : []) {
    if (parquetType(column.type) === undefined)
      problem(firstLine(sections.columns), `${column.name}: Parquet has no type for ${column.type}`);
  }
  const rows = sqlOf(sections.rows, problem);
  if (rows === '') problem(1, 'an export needs a section `-- rows`');
  const dated = hasDate(to);
  const mistake = dated ? dateMistake(rows) : undatedMistake(rows, reads.length);
  if (mistake !== undefined && rows !== '') problem(firstLine(sections.rows), mistake);
  if (dated && after.length + reads.length === 0)
    problem(fields.get('to')?.line ?? 1, 'an export by date needs `-- reads: <entity> up to date` or `-- after: <mart by date>`');
  const partBytes = partBytesFrom(fields.get('part'), to, problem);
  const parts = { name, format, to, columns, rows };
  const checksum = createHash('sha256')
    .update(JSON.stringify({ ...parts, ...(dated && { reads, after }), ...(partBytes !== null && { partBytes }) }))
    .digest();
  return { path: file.path, description, after, reads, ...parts, partBytes, rowsLine: firstLine(sections.rows), checksum };
}

function undatedMistake(rows: string, reads: number): string | undefined {
  const found = [...(dateMistake(rows) === undefined ? ['`{date}` in `rows`'] : []), ...(reads > 0 ? ['`reads`'] : [])];
  return found.length === 0
    ? undefined
    : `${found.join(' and ')} ${found.length > 1 ? 'are' : 'is'} for exports by date: put \`{date}\` into \`to\` too`;
}

type Fields = ReadonlyMap<string, { readonly line: number; readonly value: string }>;

function readFields(lines: readonly Line[], problem: Report): { fields: Fields; description: string } {
  const fields = new Map<string, { line: number; value: string }>();
  const description: string[] = [];
  for (const { number, text } of lines) {
    const [, name, value = ''] = /^-- ([a-z]+):(.*)$/.exec(text) ?? [];
    if (name === undefined) {
      description.push(text.slice(3));
      continue;
    }
    if (!['format', 'to', 'part', 'after', 'reads'].includes(name))
      problem(number, `unknown header \`${name}\`. An export has format, to, part, after and reads`);
    if (fields.has(name)) problem(number, `\`${name}\` stands twice`);
    fields.set(name, { line: number, value: value.trim() });
  }
  return { fields, description: description.join(' ').trim() };
}

function formatOf(field: { readonly line: number; readonly value: string } | undefined, problem: Report): ExportFormat {
  const format = exportFormats.find((each) => each === field?.value);
  if (!format) problem(field?.line ?? 1, `an export needs \`-- format:\` ${exportFormats.join(' or ')}`);
  return format ?? 'csv';
}

/** Of an export in parts; null where `to` has no place for a number. */
function partBytesFrom(field: { readonly line: number; readonly value: string } | undefined, to: string, problem: Report): number | null {
  if (!hasParts(to)) {
    if (field) problem(field.line, '`part` is the size of a part: put `{part}` into `to` too, as in part-{part}.parquet');
    return null;
  }
  const bytes = field ? partBytesOf(field.value) : defaultPartBytes;
  if (bytes === undefined) problem(field?.line ?? 1, '`part` is the most that a part holds, from 1 kB to 5 TB: write `-- part: 1 GB`');
  return bytes ?? defaultPartBytes;
}

function splitSections(body: readonly Line[], problem: Report): { columns: readonly Line[]; rows: readonly Line[] } {
  const sections = { columns: [] as Line[], rows: [] as Line[] };
  const seen = new Set<string>();
  let current: Line[] | undefined;
  for (const line of body) {
    const name = /^-- (columns|rows)$/.exec(line.text)?.[1];
    if (name === 'columns' || name === 'rows') {
      if (seen.has(name)) problem(line.number, `the section \`${name}\` stands twice`);
      seen.add(name);
      current = sections[name];
    } else if (current) current.push(line);
    else if (line.text !== '') {
      problem(line.number, 'before the sections `-- columns` and `-- rows` there can only be comments');
      break;
    }
  }
  return sections;
}
