import type { Entity } from '../entities/entity.js';
import { parquetType } from '../exports/parquet-types.js';
import type { Mart } from '../marts/mart.js';

/** Where in the table's part of the definition a mistake is, `mart` or `newest`, and what it is. */
export type Report = (part: 'mart' | 'newest' | 'view', what: string) => void;

/** What keeps the rows of marts from being written to a processed bucket. `deleting` are entities whose keys can be deleted. */
export function checkProcessed(mart: Mart, newest: Mart | undefined, deleting: readonly Entity[], report: Report): void {
  for (const { name, type } of mart.columns)
    if (parquetType(type) === undefined)
      report('mart', `${mart.target}.${name}: Parquet has no type for ${type}. Give the column another type`);
  checkChanges(mart, deleting, (what) => report('mart', what));
  if (!newest) return;
  checkChanges(newest, deleting, (what) => report('newest', what));
  checkNewest(mart, newest, report);
}

function checkChanges({ target, affected, reads }: Mart, deleting: readonly Entity[], report: (what: string) => void): void {
  if (affected.length === 0) report(`${target} reads no changes, so nobody can tell when its rows change. Give it \`-- affected by\``);
  for (const { name } of deleting)
    if (reads.includes(name))
      report(
        `${target} reads ${name}, whose keys can be deleted, and rows never leave the processed bucket. Take the mart out, or leave delivery of the feeds of ${name} out`,
      );
}

function checkNewest(mart: Mart, newest: Mart, report: Report): void {
  const same = (column: Mart['columns'][number]) => mart.columns.some(({ name, type }) => name === column.name && type === column.type);
  const other = newest.columns.filter((column) => !same(column)).map(({ name }) => name);
  if (other.length > 0)
    report('newest', `${newest.target} has ${other.join(', ')}, which ${mart.target} lacks or has with another type. Take them out`);
  if (newest.refreshBy.length !== newest.key.length)
    report('newest', `${newest.target} is refreshed by a part of its key. Leave \`-- refresh by\` out`);
  const [id = '', ...more] = mart.key;
  if (more.length > 0) report('mart', `the key of ${mart.target} is ${mart.key.join(', ')}. Make it one id, that of an entity with ids`);
  else if (newest.key.includes(id))
    report('newest', `the key of ${newest.target} has ${id}, which is of one version. Make it the key of what has versions`);
  else if (!newest.columns.some(({ name }) => name === id))
    report('newest', `${newest.target} lacks ${id}, which says which row of ${mart.target} is the newest. Add the column`);
}
