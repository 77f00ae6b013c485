/** Names that may stand in SQL text: checked once in definitions, quoted here, nowhere else. */
export const identifierPattern = /^[a-z][a-z0-9_]{0,63}$/;

/** Quotes a name of a validated definition; throws when it is not one, so that no text of a file can become SQL. */
export function identifier(name: string): string {
  if (!identifierPattern.test(name)) throw new Error(`not an identifier: ${JSON.stringify(name)}`);
  return `\`${name}\``;
}

/** A comma-separated list of quoted names, each behind `alias.` where one is given. */
export function columnList(names: readonly string[], alias?: string): string {
  return names.map((name) => (alias ? `${alias}.${identifier(name)}` : identifier(name))).join(', ');
}

/** A string literal where only a literal may stand, as in DDL, for the sql_mode that every session has. */
export function plainLiteral(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

/** A string literal that means the same under every sql_mode (no backslash is left alone). */
export function stringLiteral(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) && !text.includes('\\')
    ? `'${text.replaceAll("'", "''")}'`
    : `convert(0x${Buffer.from(text, 'utf8').toString('hex')} using utf8mb4)`;
}
