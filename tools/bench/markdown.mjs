/**
 * What a scenario reports, as Markdown that reads well on a terminal too.
 * @typedef {{ columns: readonly string[], rows: readonly (readonly string[])[] }} Table numbers' columns go to the right
 * @typedef {string | Table} Block a paragraph, or a table
 */

const isNumber = (cell) =>
  /^[-~<]?[\d.,]+( \[[\d.,-]+\])?( ?(s|ms|%|MB|GB|kB|MB\/s|rows\/s|k|M))?$/.test(cell) || cell === '-' || cell === '';

/** @param {readonly Block[]} blocks */
export function markdown(blocks) {
  return blocks.map((block) => (typeof block === 'string' ? wrap(block) : table(block))).join('\n\n');
}

/** @param {Table} options */
export function table({ columns, rows }) {
  const cells = [columns, ...rows].map((row) => columns.map((_, index) => (row[index] ?? '').replaceAll('|', '\\|')));
  const widths = columns.map((_, index) => Math.max(3, ...cells.map((row) => row[index].length)));
  const right = columns.map((_, index) => rows.length > 0 && cells.slice(1).every((row) => isNumber(row[index])));
  const line = (row) =>
    `| ${row.map((cell, index) => (right[index] ? cell.padStart(widths[index]) : cell.padEnd(widths[index]))).join(' | ')} |`;
  const rule = `| ${widths.map((width, index) => (right[index] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width))).join(' | ')} |`;
  return [line(cells[0]), rule, ...cells.slice(1).map(line)].join('\n');
}

/** Lines of at most 120 characters; words stay whole. */
function wrap(text) {
  const lines = [''];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== '' && last.length + word.length >= 120) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines.join('\n');
}
