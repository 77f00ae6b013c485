import type { CheckedStatement } from '../../engine/marts/checked-statements.js';
import { qualify } from '../../engine/sql/qualify.js';
import { StrataError } from '../../engine/strata-error.js';
import type { Statements } from '../../engine/warehouse.js';

/** Names in the servers' messages: quoted ones, and that of a function. */
const named = /[`'‘]([^`'’]+)[`'’]|FUNCTION (?:[^\s.]+\.)?([^\s.]+) /g;
/** What MySQL says of a function that it does not know, as it looks for one in the database of the session. */
const noDatabase = 'No database selected';

/**
 * Lets the server prepare each statement without running it. This finds unknown columns, tables and functions, and wrong SQL. Returns a
 * line for each mistake, with file and line, in the server's own words, which hold names but no values.
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
    const text = first?.Message ?? error.message;
    return text === noDatabase ? `${text}: a function, or a table without its schema, that the server does not know` : text;
  }
}

/** The line of the name that the server complains about, or the first line of the statement. */
function lineOf({ written, line }: CheckedStatement, problem: string): number {
  for (const [, quoted, called] of problem.matchAll(named)) {
    const at = written.indexOf(quoted ?? called ?? '');
    if (at >= 0) return line + written.slice(0, at).split('\n').length - 1;
  }
  return line;
}
