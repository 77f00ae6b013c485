import { visibleLine } from './visible.js';

export type Cell = string | number | null | undefined;

/** No column is cut below this. */
const narrowest = 6;
const gap = '  ';

/** Rows under headings, aligned; numbers to the right; cut to `width` characters where one is given, the widest columns first. */
export function renderTable(headings: readonly string[], rows: readonly (readonly Cell[])[], width?: number): string[] {
  const texts = [headings, ...rows.map((row) => headings.map((_, index) => textOf(row[index])))];
  const widths = headings.map((_, index) => Math.max(...texts.map((row) => (row[index] ?? '').length)));
  if (width !== undefined) fit(widths, width);
  const right = headings.map((_, index) => rows.length > 0 && rows.every((row) => isNumeric(row[index])));
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

function fit(widths: number[], width: number): void {
  const total = () => widths.reduce((sum, columnWidth) => sum + columnWidth, 0) + gap.length * (widths.length - 1);
  while (total() > width) {
    const widest = widths.indexOf(Math.max(...widths));
    const present = widths[widest] ?? 0;
    if (present <= narrowest) return;
    widths[widest] = Math.max(narrowest, present - (total() - width));
    // The excess is taken from one column only down to the next widest, so that none is cut to nothing beside a wide one.
    const next = Math.max(...widths.filter((_, index) => index !== widest), narrowest);
    if (present > next) widths[widest] = Math.max(widths[widest], next - 1);
  }
}

function textOf(cell: Cell): string {
  return cell === null || cell === undefined ? '' : visibleLine(String(cell));
}

function isNumeric(cell: Cell): boolean {
  return typeof cell === 'number' || cell === null || cell === undefined || /^-?[\d,.]+( [kMGT]?B)?$/.test(cell);
}
