import { notCode } from './comments-and-strings.js';

/** SQL without comments and strings. */
function code(sql: string): string {
  return sql.replace(new RegExp(notCode, 'g'), ' ');
}

/** Qualified names of the warehouse's schemas. */
export function references(sql: string): ReadonlySet<string> {
  return new Set([...code(sql).matchAll(/(?<![\w.$`])(?:staging|bulk|vault|bus|gear)\.[a-z0-9_]+/g)].map(([name]) => name));
}

/** Entities whose changes are read. */
export function changeReferences(sql: string): ReadonlySet<string> {
  return new Set([...code(sql).matchAll(/(?<![\w.$])changes\.([a-z0-9_]+)/g)].map(([, entity = '']) => entity));
}

/** The line on which the mark stands first; 1 for none. */
export function lineOf(text: string, mark: string): number {
  const at = mark === '' ? 0 : text.indexOf(mark);
  return at < 0 ? 1 : text.slice(0, at).split('\n').length;
}
