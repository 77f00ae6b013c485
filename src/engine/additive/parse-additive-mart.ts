import type { Header, Line, Report } from '../marts/parse/mart-header.js';
import { firstLine, readColumns, splitSections, sqlOf } from '../marts/parse/sections.js';
import { combinations, type AdditiveMartDraft, type Combination } from './additive-mart.js';

const headers = ['kind', 'of', 'key', 'index'];
const value = new RegExp(`^(.+) (${combinations.join('|')})$`);

/** A mart whose header has `kind: additive`. */
export function readAdditiveMart(
  common: Pick<AdditiveMartDraft, 'path' | 'target' | 'name' | 'description'>,
  header: Header,
  body: readonly Line[],
  problem: Report,
): AdditiveMartDraft {
  const lineOf = (name: string) => header.lists.get(name)?.[0]?.line ?? 1;
  const list = (name: string) => header.lists.get(name)?.[0]?.names ?? [];
  for (const name of header.lists.keys())
    if (!headers.includes(name)) problem(lineOf(name), `an additive mart has no \`${name}\`: what a load brings is added to its groups`);
  if (list('kind').join() !== 'additive') problem(lineOf('kind'), '`kind` is `additive`, or left out');
  if (!common.target.startsWith('gear.')) problem(1, 'an additive mart is in gear. Write a view of bus that shows it to analysts');
  const [entity = '', ...more] = list('of');
  if (entity === '' || more.length > 0) problem(lineOf('of'), '`of` names the one entity whose rows are added, such as `-- of: trips`');
  const sections = splitSections(body, problem);
  for (const { entity: other, line } of sections.affected)
    problem(line, `an additive mart has no \`affected by ${other}\`: its select reads landed.${entity}`);
  const combine = new Map<string, Combination>();
  const lines = sections.columns.map((line) => {
    const [, column, how] = value.exec(line.text) ?? [];
    if (column === undefined) return line;
    combine.set(column.split(' ')[0] ?? '', how as Combination);
    return { ...line, text: column };
  });
  const columns = readColumns(lines, problem, `\`name type\` for the key, or \`name type ${combinations.join('`, `name type ')}\``);
  const keyNames = list('key');
  if (keyNames.length === 0) problem(1, 'a mart needs a `key`');
  for (const { name, type } of columns) {
    if (!type.endsWith(' not null')) problem(firstLine(sections.columns), `${name} may be null, and columns of additive marts can't be`);
    if (keyNames.includes(name) === combine.has(name))
      problem(firstLine(sections.columns), `${name} is either in the key or ends with ${combinations.join(', ')}`);
  }
  if (combine.size === 0) problem(firstLine(sections.columns), `a column must end with ${combinations.join(', ')}`);
  for (const name of [...keyNames, ...(header.lists.get('index') ?? []).flatMap(({ names }) => names)])
    if (!columns.some((column) => column.name === name)) problem(lineOf('key'), `${name} is not a column`);
  const rows = sqlOf(sections.rows, problem);
  if (rows === '') problem(1, 'a mart needs a section `-- rows`');
  if (rows.includes('[[')) problem(firstLine(sections.rows), '`[[ ... ]]` has no meaning in an additive mart');
  return {
    kind: 'additive',
    ...common,
    entity,
    key: keyNames.flatMap((name) => columns.find((column) => column.name === name) ?? []),
    values: columns.flatMap(({ name, type }) => {
      const how = combine.get(name);
      return how ? [{ name, type: type.replace(/ not null$/, ''), combine: how }] : [];
    }),
    columns: columns.map(({ name }) => name),
    indexes: (header.lists.get('index') ?? []).map(({ names }) => names),
    rows,
    rowsLine: firstLine(sections.rows),
  };
}
