/** The text as one word of a shell: in quotes where it needs them. */
export const shellQuoted = (text: string): string => (/^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
