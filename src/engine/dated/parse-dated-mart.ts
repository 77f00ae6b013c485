import { identifierPattern } from '../sql/identifier.js';
import type { Header, Line, Report } from '../marts/parse/mart-header.js';
import { firstLine, readColumns, splitSections, sqlOf } from '../marts/parse/sections.js';
import { dateMistake, type DatedMart } from './dated-output.js';
import { parseReads } from './parse-reads.js';

/** What the file says by itself; the catalog adds the checksum. */
export type DatedMartDraft = Omit<DatedMart, 'checksum'>;

const headers = ['by', 'reads', 'key', 'index', 'after'];

/** A mart whose header has `by`: it is computed date by date. */
export function readDatedMart(
  common: Pick<DatedMart, 'path' | 'target' | 'name' | 'description'>,
  header: Header,
  body: readonly Line[],
  problem: Report,
): DatedMartDraft {
  const lineOf = (name: string) => header.lists.get(name)?.[0]?.line ?? 1;
  const list = (name: string) => header.lists.get(name)?.[0]?.names ?? [];
  for (const name of header.lists.keys())
    if (!headers.includes(name)) problem(lineOf(name), `a mart with \`by\` has no \`${name}\`: its rows are computed date by date`);
  const [by = '', ...more] = list('by');
  if (!identifierPattern.test(by) || more.length > 0) problem(lineOf('by'), '`by` names the one column of the date, such as `report_date`');
  const sections = splitSections(body, problem);
  for (const { entity, line } of sections.affected)
    problem(line, `a mart with \`by\` has no \`affected by ${entity}\`: write \`-- reads: ${entity} up to date\``);
  const columns = readColumns(sections.columns, problem);
  if (columns.length === 0) problem(1, 'a mart needs a section `-- columns`');
  if (columns.some(({ name }) => name === by))
    problem(firstLine(sections.columns), `\`by\` makes the column ${by}: leave it out of \`columns\` and of the select`);
  const reads = parseReads(list('reads'), (text) => problem(lineOf('reads'), text));
  if (reads.length === 0 && list('after').length === 0) problem(1, 'a mart with `by` needs `-- reads: <entity> up to date`');
  const [key, ...indexes] = [list('key'), ...(header.lists.get('index') ?? []).map(({ names }) => names)];
  for (const name of key) {
    const type = columns.find((column) => column.name === name)?.type;
    if (name === by) problem(lineOf('key'), `\`key\`: ${by} comes first in the key by itself, leave it out`);
    else if (type === undefined) problem(lineOf('key'), `\`key\`: ${name} is not a column`);
    else if (!type.endsWith('not null')) problem(lineOf('key'), `\`key\`: ${name} may be null`);
  }
  for (const name of indexes.flat())
    if (name !== by && !columns.some((column) => column.name === name)) problem(lineOf('index'), `\`index\`: ${name} is not a column`);
  const rows = sqlOf(sections.rows, problem);
  const mistake =
    rows === ''
      ? 'a mart needs a section `-- rows`'
      : rows.includes('[[')
        ? '`[[ ... ]]` has no meaning in a mart with `by`'
        : dateMistake(rows);
  if (mistake !== undefined) problem(firstLine(sections.rows), mistake);
  return {
    kind: 'dated-mart',
    ...common,
    output: common.target,
    by,
    columns,
    key: key ?? [],
    indexes,
    reads,
    after: list('after'),
    rows,
    rowsLine: firstLine(sections.rows),
  };
}
