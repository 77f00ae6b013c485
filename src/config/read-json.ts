/** A definition's text; of two properties of one name JSON would take the second one without a word. Throws an Error with the line. */
export function parseDefinition(text: string): unknown {
  const definition: unknown = JSON.parse(text);
  const objects: Set<string>[] = [];
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"(?<name>\s*:)?|[{}]/g)) {
    if (token === '{') objects.push(new Set());
    else if (token === '}') objects.pop();
    else if (token.endsWith(':')) {
      const name = JSON.parse(token.slice(0, token.lastIndexOf('"') + 1)) as string;
      const names = objects.at(-1);
      if (names?.has(name))
        throw new Error(`line ${text.slice(0, index).split('\n').length}: the property "${name}" stands twice in one object`);
      names?.add(name);
    }
  }
  return definition;
}

/** Editors of Windows put a byte order mark before a text, which nobody sees. */
export function withoutMark(text: string): string {
  return text.replace(/^\uFEFF/, '');
}
