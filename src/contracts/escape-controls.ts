/**
 * Characters that drive a terminal, or that turn round the order of what it shows, the line feed apart: C0, DEL and C1, marks and
 * embeddings of direction, separators of lines and paragraphs.
 */
const controls = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Controls as \x.. or \u....: names and texts that were delivered can't drive the terminal that shows them. */
export function visible(text: string): string {
  return text.replace(controls, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : unicodeEscape(code);
  });
}

/** The same with line feeds: for what must stay on one line. */
export function visibleLine(text: string): string {
  return visible(text).replaceAll('\n', '\\x0a');
}

/** JSON as it is, but for controls that JSON allows in its strings: they become escapes that JSON reads back. */
export function visibleJson(json: string): string {
  return json.replace(/[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, (character) =>
    unicodeEscape(character.charCodeAt(0)),
  );
}

function unicodeEscape(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`;
}
