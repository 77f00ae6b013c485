import type { AdditiveMartDraft } from '../../additive/additive-mart.js';
import { readAdditiveMart } from '../../additive/parse-additive-mart.js';
import { readDatedMart, type DatedMartDraft } from '../../dated/parse-dated-mart.js';
import { identifierPattern } from '../../sql/identifier.js';
import type { MartDraft, MartFile, MartProblem, View } from '../mart.js';
import { readHeader, splitHeader, type Header, type Line, type Report } from './mart-header.js';
import { firstLine, readColumns, splitSections, sqlOf } from './sections.js';

/** Reads one file of a `bus` folder: a mart of any kind or a view. Mistakes go to `problems`; null when the file can't be told to be either. */
export function parseMartFile(file: MartFile, problems: MartProblem[]): MartDraft | DatedMartDraft | AdditiveMartDraft | View | null {
  const lines = file.text.split(/\r?\n/).map((text, index) => ({ number: index + 1, text: text.trimEnd() }));
  const problem = (line: number, text: string) => void problems.push({ path: file.path, line, text });
  const title = /^-- (mart|view): ([a-z0-9_]+)\.([a-z0-9_]+)$/.exec(lines[0]?.text ?? '');
  if (!title) {
    problem(1, 'the first line must be `-- mart: <schema>.<table>` or `-- view: bus.<name>`');
    return null;
  }
  const [, kind, schema, name = ''] = title;
  const target = `${schema}.${name}`;
  if (!identifierPattern.test(name)) problem(1, `${name} is not a name: a letter, then letters, digits and underscores, at most 64`);
  if (schema !== 'bus' && !(kind === 'mart' && schema === 'gear')) problem(1, `a ${kind} can't be in the schema ${schema}`);
  const { header: above, body } = kind === 'view' ? splitView(lines.slice(1)) : splitHeader(lines.slice(1));
  const header = readHeader(above, problem);
  const common = { path: file.path, target, name, description: header.description };
  if (kind === 'view') {
    for (const [field, [entry]] of header.lists) problem(entry?.line ?? 1, `a view has no \`${field}\``);
    const select = sqlOf(body, problem);
    if (select === '') problem(lines.length, 'a view needs a select');
    return { kind: 'view', ...common, select, line: firstLine(body) };
  }
  if (header.lists.has('kind')) return readAdditiveMart(common, header, body, problem);
  for (const { line } of header.lists.get('of') ?? []) problem(line, '`of` is for additive marts: add `-- kind: additive`');
  if (header.lists.has('by')) return readDatedMart(common, header, body, problem);
  for (const { line } of header.lists.get('reads') ?? []) problem(line, '`reads` is for marts by date: add `-- by: <column of the date>`');
  return readMart(common, header, body, problem);
}

/** A select may have comments of its own, so the first line that is none ends what is said of the view. */
function splitView(lines: readonly Line[]): { header: readonly Line[]; body: readonly Line[] } {
  const first = lines.findIndex(({ text }) => !/^--( |$)/.test(text));
  const end = first < 0 ? lines.length : first;
  return { header: lines.slice(0, end), body: lines.slice(end) };
}

function readMart(
  common: Pick<MartDraft, 'path' | 'target' | 'name' | 'description'>,
  header: Header,
  body: readonly Line[],
  problem: Report,
): MartDraft {
  const sections = splitSections(body, problem);
  const list = (name: string) => header.lists.get(name)?.[0]?.names ?? [];
  const lists = (name: string) => (header.lists.get(name) ?? []).map((entry) => entry.names);
  const columns = readColumns(sections.columns, problem);
  const key = list('key');
  if (key.length === 0) problem(1, 'a mart needs a `key`');
  if (columns.length === 0) problem(1, 'a mart needs a section `-- columns`');
  for (const [name, entries] of header.lists) {
    if (['after', 'reads', 'of'].includes(name)) continue;
    const among = name === 'refresh by' ? key : columns.map((column) => column.name);
    for (const { line, names, sums } of entries) {
      for (const column of [...names, ...sums]) {
        const type = columns.find((candidate) => candidate.name === column)?.type ?? '';
        if (name === 'count by' && column === 'n') problem(line, '`count by`: a column n would be taken for the number of rows');
        else if (!among.includes(column))
          problem(line, `\`${name}\`: ${column} is not ${name === 'refresh by' ? 'in the key' : 'a column'}`);
        else if (type.endsWith(' null') && !type.endsWith('not null')) problem(line, `\`${name}\`: ${column} may be null`);
        else if (sums.includes(column) && !/^(bigint|decimal\(\d+,\d+\)) not null$/.test(type))
          problem(line, `\`${name}\`: ${column} must be a bigint or a decimal to be added up`);
      }
    }
  }
  const affected = sections.affected.map(({ entity, line, body: lines }) => {
    const select = sqlOf(lines, problem);
    if (select === '') problem(line, `\`affected by ${entity}\` needs a select`);
    return { entity, select, line: firstLine(lines) };
  });
  const rows = sqlOf(sections.rows, problem);
  if (rows === '') problem(1, 'a mart needs a section `-- rows`');
  const refreshBy = header.lists.has('refresh by') ? list('refresh by') : key;
  return {
    kind: 'mart',
    ...common,
    columns,
    key,
    refreshBy,
    indexes: lists('index'),
    countBy: (header.lists.get('count by') ?? []).map(({ names, sums }) => ({ columns: names, sums })),
    reads: [...new Set(affected.map(({ entity }) => entity))],
    after: list('after'),
    affected,
    rows,
    rowsLine: firstLine(sections.rows),
  };
}
