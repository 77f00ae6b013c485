/** Controls of a terminal, the line feed apart, as \x..: names and texts that were delivered can't drive the terminal that shows them. */
export function visible(text: string): string {
  return text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, hexadecimal);
}

/** The same with line feeds: for what must stay on one line. */
export function visibleLine(text: string): string {
  return visible(text).replaceAll('\n', hexadecimal);
}

function hexadecimal(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
