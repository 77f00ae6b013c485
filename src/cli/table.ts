import { visibleLine } from '../contracts/visible.js';

export type Cell = string | number | null | undefined;

/** No column of texts is cut below this. */
const narrowest = 6;
const gap = '  ';

/**
 * Rows under headings, aligned; numbers to the right. Where `width` is given texts are cut to it, the widest columns first; a number is
 * never cut, so that lines may stay longer.
 */
export function renderTable(headings: readonly string[], rows: readonly (readonly Cell[])[], width?: number): string[] {
  const texts = [headings, ...rows.map((row) => headings.map((_, index) => textOf(row[index])))];
  const widest = (lines: readonly (readonly string[])[]) =>
    headings.map((_, index) => Math.max(0, ...lines.map((row) => (row[index] ?? '').length)));
  const widths = widest(texts);
  const right = headings.map((_, index) => rows.length > 0 && rows.every((row) => isNumeric(row[index])));
  const numbers = widest(texts.slice(1));
  const floors = right.map((numeric, index) => Math.max(narrowest, numeric ? (numbers[index] ?? 0) : 0));
  if (width !== undefined) fit(widths, floors, width);
  return texts.map((row) =>
    widths
      .map((columnWidth, index) => {
        const text = cut(row[index] ?? '', columnWidth);
        return right[index] ? text.padStart(columnWidth) : text.padEnd(columnWidth);
      })
      .join(gap)
      .trimEnd(),
  );
}

/** The text in at most `width` characters; a cut one ends in an ellipsis. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

/** Takes from the widest column that can still give, one character after the other. */
function fit(widths: number[], floors: readonly number[], width: number): void {
  let excess = widths.reduce((sum, columnWidth) => sum + columnWidth, 0) + gap.length * (widths.length - 1) - width;
  for (; excess > 0; excess -= 1) {
    const room = widths.map((columnWidth, index) => (columnWidth > (floors[index] ?? 0) ? columnWidth : 0));
    const most = Math.max(...room);
    if (most === 0) return;
    widths[room.indexOf(most)] = most - 1;
  }
}

function textOf(cell: Cell): string {
  return cell === null || cell === undefined ? '' : visibleLine(String(cell));
}

function isNumeric(cell: Cell): boolean {
  return typeof cell === 'number' || cell === null || cell === undefined || /^-?[\d,.]+( [kMGT]?B)?$/.test(cell);
}
