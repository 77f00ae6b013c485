/** A command to be typed stays on one line, so that it can be copied; anything else may break between words. */
const unbroken = /\s*(?:\bstrata(?: (?:[\w<>/.*=:-]*[\w<>/*=:-]|"[^"]*"))+[.;,:)]*|\S+)/g;

/** The text in lines of at most `width` characters, broken between words; a longer word stays whole. Later lines begin deeper. */
export function wrapText(text: string, width: number, deeper = 2): string[] {
  return text.split('\n').flatMap((line) => wrapLine(line, width, deeper));
}

function wrapLine(line: string, width: number, deeper: number): string[] {
  if (line.length <= width) return [line];
  const indent = /^ */.exec(line)?.[0] ?? '';
  const lines: string[] = [];
  let current = '';
  for (const word of line.match(unbroken) ?? []) {
    if (current !== '' && current.length + word.length > width) {
      lines.push(current);
      current = `${indent}${' '.repeat(deeper)}${word.trimStart()}`;
    } else current += word;
  }
  return [...lines, current];
}
