/** A string or a comment: what in SQL names no table. */
export const notCode = /'(?:[^']|'')*'|--(?=\s)[^\n]*/;
