/** The schemas of the warehouse; a MySQL schema is a database, so all of their names take one configured prefix. */
export const schemas = ['staging', 'bulk', 'vault', 'bus', 'gear'] as const;
export type Schema = (typeof schemas)[number];

/** What a prefix may be: empty, or the beginning of a database name. */
export const prefixPattern = /^([a-z][a-z0-9_]{0,31})?$/;

const token =
  /('(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`[^`]*`|--[ \t][^\n]*|\/\*[\s\S]*?\*\/)|(?<![\w.$])(staging|bulk|vault|bus|gear)(?=\.[A-Za-z_`])/g;

/** Puts the prefix on every schema name that stands before a dot outside of strings, quoted names and comments. */
export function qualify(sql: string, prefix: string): string {
  if (prefix === '') return sql;
  return sql.replace(token, (all, skipped: string | undefined, schema: string | undefined) =>
    skipped === undefined && schema !== undefined ? `\`${prefix}${schema}\`` : all,
  );
}
