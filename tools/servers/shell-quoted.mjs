/** The text as one word of a shell: in quotes where it needs them. */
export const shellQuoted = (text) => (/^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
