import type { TableColumn } from '../../bulk/tables.js';
import { identifierPattern } from '../../sql/identifier.js';
import type { Line, Report } from './mart-header.js';

/** `affected by` may stand several times, also for the same entity: each is a statement of its own. */
const sectionHead = /^-- (columns|rows|affected by ([a-z0-9_]+))$/;

const columnTypes =
  /^(tinyint|smallint|int|bigint)( unsigned)?$|^(boolean|date|double|json)$|^(date)?time(\([1-6]\))?$|^mediumtext$|^(var)?(char|binary)\(\d{1,5}\)$|^decimal\(\d{1,2},\d{1,2}\)$/;

export interface Sections {
  readonly columns: readonly Line[];
  readonly rows: readonly Line[];
  readonly affected: readonly { readonly entity: string; readonly line: number; readonly body: readonly Line[] }[];
}

/** The sections of a mart below its header. */
export function splitSections(body: readonly Line[], problem: Report): Sections {
  const affected: { entity: string; line: number; body: Line[] }[] = [];
  const plain = new Map<string, Line[]>();
  let current: Line[] | undefined;
  for (const line of body) {
    const [, name, entity] = sectionHead.exec(line.text) ?? [];
    if (entity !== undefined) {
      current = [];
      affected.push({ entity, line: line.number, body: current });
    } else if (name !== undefined) {
      if (plain.has(name)) problem(line.number, `the section \`${name}\` stands twice`);
      current = [];
      plain.set(name, current);
    } else if (/^-- affected( by\b.*)?$/.test(line.text))
      problem(line.number, `\`${line.text}\` is not a section: write \`-- affected by <entity>\``);
    else if (current) current.push(line);
    else if (line.text !== '') {
      problem(
        line.number,
        'before the first of the sections `-- columns`, `-- affected by <entity>` and `-- rows` there can only be comments',
      );
      break;
    }
  }
  return { columns: plain.get('columns') ?? [], rows: plain.get('rows') ?? [], affected };
}

/** Lines `name type` or `name type null`; what stands behind ` -- ` is the column's comment. */
export function readColumns(lines: readonly Line[], problem: Report, form = '`name type` or `name type null`'): TableColumn[] {
  const columns: TableColumn[] = [];
  for (const { number, text: line } of lines) {
    if (line === '') continue;
    const [, text = line, comment] = /^(.*?) +-- +(.*)$/.exec(line) ?? [];
    if ((comment?.length ?? 0) > 1_024) problem(number, 'a comment of a column has at most 1,024 characters');
    const [, name = '', type = '', nullable] = /^([a-z0-9_]+) (.+?)( null)?$/.exec(text) ?? [];
    if (!identifierPattern.test(name)) problem(number, `not a column: a line is ${form}`);
    else if (!columnTypes.test(type)) problem(number, typeMistake(name, type, form));
    else if (columns.some((column) => column.name === name)) problem(number, `the column ${name} stands twice`);
    else columns.push({ name, type: `${type} ${nullable ? 'null' : 'not null'}`, ...(comment && { comment }) });
  }
  return columns;
}

function typeMistake(name: string, type: string, form: string): string {
  if (/ not$/.test(type)) return `${name}: leave \`not null\` out. A column without \`null\` is never null`;
  const types =
    'tinyint, smallint, int, bigint (also unsigned), decimal(p,s), double, boolean, date, time, datetime, char(n), varchar(n), binary(n), varbinary(n), mediumtext, json';
  return `${name}: a column can't have the type ${type}. A line is ${form}, and the types are ${types}`;
}

/** The lines as one statement's text, without empty lines around it; a statement has no end and no bound values. */
export function sqlOf(lines: readonly Line[], problem: Report): string {
  for (const { number, text } of lines) {
    const code = text.replace(/--( .*)?$/, '');
    if (code.includes('?')) problem(number, 'a question mark would be taken for a bound value');
    if (code.includes(';')) problem(number, 'a statement has no semicolon: the engine puts it into one of its own');
  }
  return lines
    .map((line) => line.text)
    .join('\n')
    .trim();
}

/** The line on which the statement of these lines begins. */
export function firstLine(lines: readonly Line[]): number {
  return (lines.find(({ text }) => text !== '') ?? lines[0])?.number ?? 1;
}
