/** Columns of numbers go to the right. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Of what a scenario reports: a paragraph, or a table. */
export type Block = string | Table;

const isNumber = (cell: string) =>
  /^[-~<]?[\d.,]+( \[[\d.,-]+\])?( ?(s|ms|%|MB|GB|kB|MB\/s|rows\/s|k|M))?$/.test(cell) || cell === '-' || cell === '';

/** Markdown that reads well on a terminal too. */
export function markdown(blocks: readonly Block[]): string {
  return blocks.map((block) => (typeof block === 'string' ? wrap(block) : table(block))).join('\n\n');
}

function table({ columns: titles, rows }: Table): string {
  const cellOf = (row: readonly string[], index: number) => (row[index] ?? '').replaceAll('|', '\\|');
  const columns = titles.map((title, index) => {
    const cells = rows.map((row) => cellOf(row, index));
    return { width: Math.max(3, title.length, ...cells.map((cell) => cell.length)), right: cells.length > 0 && cells.every(isNumber) };
  });
  const line = (row: readonly string[]) => {
    const cells = columns.map(({ width, right }, index) => {
      const cell = cellOf(row, index);
      return right ? cell.padStart(width) : cell.padEnd(width);
    });
    return `| ${cells.join(' | ')} |`;
  };
  const rule = columns.map(({ width, right }) => (right ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)));
  return [line(titles), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n');
}

/** Lines of at most 120 characters; words stay whole. */
function wrap(text: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + word.length >= 120) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}
