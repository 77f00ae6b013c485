import type { CheckedStatement } from '../../engine/marts/checked-statements.js';
import { qualify } from '../../engine/sql/qualify.js';
import { StrataError } from '../../engine/strata-error.js';
import type { Statements } from '../../engine/warehouse.js';

/** Lines of a text that is to be found in a statement: names as servers quote them. */
const quoted = /[`'‘]([^`'’]+)[`'’]/g;

/**
 * Lets the server prepare each statement, which runs none of them: unknown columns, tables and functions and what is no SQL show.
 * Returns what is wrong, a line each with file and line, in the server's own words: names, never values.
 */
export async function checkStatements(statements: Statements, prefix: string, checked: readonly CheckedStatement[]): Promise<string[]> {
  const problems = new Set<string>();
  for (const each of checked) {
    const refused = await refusal(statements, qualify(each.sql, prefix));
    if (refused === undefined) continue;
    // The name of a schema without its prefix is what stands in the file.
    const text = prefix === '' ? refused : refused.replaceAll(prefix, '');
    problems.add(`${each.path}:${lineOf(each, text)}: ${text}`);
  }
  return [...problems];
}

async function refusal(statements: Statements, sql: string): Promise<string | undefined> {
  try {
    await statements.query('prepare strata_check from ?', [sql]);
    await statements.query('deallocate prepare strata_check');
    return undefined;
  } catch (error) {
    if (!(error instanceof StrataError) || error.type === 'unavailable') throw error;
    const [first] = await statements.query<{ Message: string }>('show errors');
    return first?.Message ?? error.message;
  }
}

/** Where the name stands that the server found fault with; else where the text begins. */
function lineOf({ written, line }: CheckedStatement, problem: string): number {
  for (const [, name = ''] of problem.matchAll(quoted)) {
    const at = written.indexOf(name);
    if (at >= 0) return line + written.slice(0, at).split('\n').length - 1;
  }
  return line;
}
