/**
 * The text without the given signs at its beginning and its end, in time that grows with its length alone: for a regular expression
 * that ends with `+$`, a value of 100,000 blanks and one more letter takes a minute.
 */
export function trimSigns(text: string, signs: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && signs.includes(text.charAt(start))) start++;
  while (start < end && signs.includes(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

/** The text without the ASCII white space around it that values of files are trimmed of. */
export function trimBlanks(text: string): string {
  return trimSigns(text, ' \t\r\n');
}
