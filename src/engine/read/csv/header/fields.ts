import { trimBlanks } from '../../fields/trim-signs.js';

/** Separators of CSV, with the names that people know them by. */
export const separators: readonly (readonly [separator: string, name: string])[] = [
  [';', '";"'],
  [',', 'a comma'],
  ['\t', 'a tab'],
  ['|', '"|"'],
  ['^', '"^"'],
  ['~', '"~"'],
  ['\u0001', 'the control character U+0001'],
  ['\u001f', 'the control character U+001F'],
];

export function separatorName(separator: string): string {
  return separators.find(([sign]) => sign === separator)?.[1] ?? JSON.stringify(separator);
}

/** The fields of a line, however its quotes stand: for messages, where nothing depends on it. */
export function fieldsOf(line: string, separator = ','): string[] {
  const fields: string[] = [];
  let field = '';
  let quoted = false;
  for (const character of line) {
    if (character === '"') quoted = !quoted;
    if (character === separator && !quoted) {
      fields.push(bare(field));
      field = '';
    } else field += character;
  }
  return [...fields, bare(field)];
}

function bare(field: string): string {
  const text = trimBlanks(field);
  return text.length > 1 && text.startsWith('"') && text.endsWith('"') ? trimBlanks(text.slice(1, -1).replaceAll('""', '"')) : text;
}

/** Names in a list, the first of them where they are many. */
export function listed(names: readonly string[], most = 20): string {
  const more = names.length - most;
  return more > 0 ? `${names.slice(0, most).join(', ')} and ${more} more` : names.join(', ');
}
