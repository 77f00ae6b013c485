const carriageReturn = 0x0d;
const space = 0x20;

/** Why a file is refused whose lines end with CR alone: to the scanner it is one line. */
export const linesEndWithCr = 'its lines end with CR alone. End them with LF or CR LF';

/**
 * Whether a CR outside of quotes stands between the bytes of a line, which then holds several lines of its file. One at the line's end, also
 * with blanks behind it, is none of these. `quote`: undefined where no byte has a meaning around a field.
 */
export function endsWithCr(bytes: Buffer, start: number, end: number, quote: number | undefined): boolean {
  let last = end;
  while (last > start && bytes[last - 1]! <= space) last--;
  let isQuoted = false;
  for (let at = start; at < last; at++) {
    if (bytes[at] === quote) isQuoted = !isQuoted;
    else if (bytes[at] === carriageReturn && !isQuoted) return true;
  }
  return false;
}
