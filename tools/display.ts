import type { Say } from './programs/run-program.js';
import { ClosingError } from './run/run-folder.js';

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const seconds = (ms: number) =>
  ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;

/** Lines of at most `width`, broken after commas; those after the first begin at column `indent`. */
function wrapped(text: string, width: number, indent: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const end = rest.lastIndexOf(', ', width - 1);
    if (end <= indent) break;
    lines.push(rest.slice(0, end + 1));
    rest = ' '.repeat(indent) + rest.slice(end + 2);
  }
  return [...lines, rest];
}

export type Cell = string | number | null;

/** What the demo and the bench say: one line a step, which moves while the step lasts when there is a terminal; plain lines otherwise. */
export class Display {
  readonly #out = process.stdout;
  readonly #live = process.stdout.isTTY && process.env.TERM !== 'dumb';
  readonly #colour = this.#live && !process.env.NO_COLOR;

  get width(): number {
    return this.#out.isTTY ? this.#out.columns : 120;
  }

  line(text = ''): void {
    this.#out.write(`${text}\n`);
  }

  bold(text: string): string {
    return this.#colour ? `\x1b[1m${text}\x1b[22m` : text;
  }

  dim(text: string): string {
    return this.#colour ? `\x1b[2m${text}\x1b[22m` : text;
  }

  /**
   * Runs one step and reports it with what `describe` says of its result, and how long it took. `work` gets a function for lines of
   * progress, and one for notes that are worth showing only where they go again.
   */
  async step<T>(title: string, work: (say: Say, hint: Say) => Promise<T>, describe: (result: T) => string): Promise<T> {
    const started = Date.now();
    const name = title.padEnd(10);
    let note = '';
    let turn = 0;
    const draw = () => {
      const text = `  ${spinner[turn++ % spinner.length]} ${name} ${note}`;
      this.#out.write(`\r\x1b[2K${text.slice(0, this.width - 1)}`);
    };
    const timer = this.#live ? setInterval(draw, 120) : undefined;
    const hint = (line: string) => {
      note = line.split('\n')[0] ?? '';
    };
    const say = (line: string) => {
      hint(line);
      if (!this.#live || line.includes('\n')) this.line(`${this.#live ? '\r\x1b[2K' : ''}    ${line}`);
    };
    const finish = (mark: string, text: string) => {
      clearInterval(timer);
      this.line(`${this.#live ? '\r\x1b[2K' : ''}  ${mark} ${name} ${text}${this.dim(`  ${seconds(Date.now() - started)}`)}`);
    };
    try {
      const result = await work(say, hint);
      finish(this.#live ? '✓' : '-', describe(result));
      return result;
    } catch (error) {
      finish(this.#live ? '✗' : '!', error instanceof ClosingError ? 'stopped' : 'failed');
      throw error;
    }
  }

  /**
   * Columns aligned, numbers to the right. Columns that don't fit are left out, which dots at the end show; with `wrap`, the last
   * column goes on below instead.
   */
  table(titles: readonly string[], rows: readonly (readonly Cell[])[], { wrap = false } = {}): void {
    const texts = rows.map((row) => row.map(cellText));
    const columns = titles.map((title, index) => {
      const cells = texts.map((row) => row[index] ?? '');
      const width = Math.max(title.length, ...cells.map((cell) => cell.length));
      return { width, isNumber: cells.every((cell) => /^(-?[\d.,]+)?$/.test(cell)) };
    });
    let fitting = 0;
    let used = 4;
    for (const { width } of columns) {
      used += width + 2;
      if (used > this.width - 3 && !wrap) break;
      fitting++;
    }
    const indent = 4 + columns.slice(0, -1).reduce((sum, { width }) => sum + width + 2, 0);
    [titles, ...texts].forEach((row, line) => {
      const shown = columns.slice(0, fitting).map(({ width, isNumber }, index) => {
        const cell = row[index] ?? '';
        return isNumber ? cell.padStart(width) : cell.padEnd(width);
      });
      const joined = `    ${shown.join('  ')}${fitting < columns.length ? '  …' : ''}`.trimEnd();
      for (const part of wrap ? wrapped(joined, this.width, indent) : [joined]) this.line(line === 0 ? this.dim(part) : part);
    });
  }
}

const cellText = (cell: Cell) => (cell === null ? '' : typeof cell === 'number' ? cell.toLocaleString('en-US') : cell);
