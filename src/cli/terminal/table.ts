import { visibleLine } from '../../contracts/escape-controls.js';

export type Cell = string | number | null | undefined;
type Rows = readonly (readonly Cell[])[];

/** No column of texts is cut below this. */
const narrowest = 6;
/** What a text must keep to be of use: where less is left of one, each row is a block of lines. */
const useful = 24;
/** Without a terminal nothing is cut, and no text moves the columns of other rows further than this. */
const widestPadding = 48;
const gap = '  ';

/**
 * Rows under headings, aligned; numbers to the right. Where `width` is given texts are cut to it, the widest columns first; a number is
 * never cut, so that lines may stay longer.
 */
export function renderTable(headings: readonly string[], rows: Rows, width?: number): string[] {
  const { texts, widths, right, floors } = measured(headings, rows, narrowest);
  if (width === undefined)
    right.forEach((numeric, index) => (widths[index] = numeric ? widths[index]! : Math.min(widths[index]!, widestPadding)));
  else fit(widths, floors, width);
  return texts.map((row) =>
    widths
      .map((columnWidth, index) => {
        const text = width === undefined ? (row[index] ?? '') : cut(row[index] ?? '', columnWidth);
        return right[index] ? text.padStart(columnWidth) : text.padEnd(columnWidth);
      })
      .join(gap)
      .trimEnd(),
  );
}

/** The rows as a table, or where that would cut a text to less than is useful, a block of lines each. */
export function renderRows(headings: readonly string[], rows: Rows, width?: number): string[] {
  if (width === undefined) return renderTable(headings, rows);
  const { widths, floors } = measured(headings, rows, useful);
  fit(widths, floors, width);
  return total(widths) <= width ? renderTable(headings, rows, width) : renderBlocks(headings, rows);
}

function renderBlocks(headings: readonly string[], rows: Rows): string[] {
  const title = Math.max(...headings.map(({ length }) => length));
  return rows.flatMap((row, number) => {
    const lines = headings.map((heading, index) => ({ heading, text: textOf(row[index]) })).filter(({ text }) => text !== '');
    return [...(number > 0 ? [''] : []), ...lines.map(({ heading, text }) => `${heading.padEnd(title)}${gap}${text}`)];
  });
}

/** The text in at most `width` characters; a cut one ends in an ellipsis. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

/** `floors`: how narrow a column may become; one of texts that are shorter than `floor` not at all, but for its heading. */
function measured(headings: readonly string[], rows: Rows, floor: number) {
  const texts = [headings, ...rows.map((row) => headings.map((_, index) => textOf(row[index])))];
  const widest = (lines: readonly (readonly string[])[]) =>
    headings.map((_, index) => Math.max(0, ...lines.map((row) => (row[index] ?? '').length)));
  const right = headings.map((_, index) => rows.length > 0 && rows.every((row) => isNumeric(row[index])));
  const contents = widest(texts.slice(1));
  const floors = right.map((numeric, index) => {
    const content = contents[index] ?? 0;
    return Math.max(narrowest, numeric ? content : Math.min(content, floor));
  });
  return { texts, widths: widest(texts), right, floors };
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, columnWidth) => sum + columnWidth, 0) + gap.length * (widths.length - 1);
}

/** Takes from the widest column that can still give, one character after the other. */
function fit(widths: number[], floors: readonly number[], width: number): void {
  for (let excess = total(widths) - width; excess > 0; excess -= 1) {
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
