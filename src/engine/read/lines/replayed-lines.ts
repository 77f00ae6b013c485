import { replayedRow } from '../../definition/replayed-row.js';

const tab = 0x09;
/** `<load id>@<byte>` is shorter. */
const longestPlace = 40;

/** The first line of a file of lines that are loaded again and tell their places: each begins with its place and a tab. */
export const placesHeader = `${replayedRow.column}\tline`;

/** What stands before the tab of such a line, and where the line itself begins; undefined where there is no tab. */
export function placeOf(bytes: Buffer, start: number, end: number): { readonly text: string; readonly end: number } | undefined {
  const at = bytes.subarray(start, Math.min(end, start + longestPlace)).indexOf(tab);
  return at === -1 ? undefined : { text: bytes.toString('latin1', start, start + at), end: start + at + 1 };
}
