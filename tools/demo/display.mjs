const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const seconds = (ms) =>
  ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;

/** Lines of at most `width`, broken after commas; those after the first begin at column `indent`. */
function wrapped(text, width, indent) {
  const lines = [];
  let rest = text;
  while (rest.length > width) {
    const end = rest.lastIndexOf(', ', width - 1);
    if (end <= indent) break;
    lines.push(rest.slice(0, end + 1));
    rest = ' '.repeat(indent) + rest.slice(end + 2);
  }
  return [...lines, rest];
}

/** What the demo says: one line a step, which moves while the step lasts when there is a terminal; plain lines otherwise. */
export class Display {
  #out;
  #live;
  #colour;

  constructor(out = process.stdout) {
    this.#out = out;
    this.#live = out.isTTY === true && process.env.TERM !== 'dumb';
    this.#colour = this.#live && !process.env.NO_COLOR;
  }

  get width() {
    return this.#out.columns ?? 120;
  }

  line(text = '') {
    this.#out.write(`${text}\n`);
  }

  bold(text) {
    return this.#colour ? `\x1b[1m${text}\x1b[22m` : text;
  }

  dim(text) {
    return this.#colour ? `\x1b[2m${text}\x1b[22m` : text;
  }

  /**
   * Runs one step and reports it with what it returned and how long it took. `work` gets a function for lines of progress, and
   * one for notes that are worth showing only where they go again.
   * @param {string} title
   * @param {(say: (line: string) => void, hint: (line: string) => void) => Promise<string>} work
   */
  async step(title, work) {
    const started = Date.now();
    const name = title.padEnd(10);
    let note = '';
    let turn = 0;
    const draw = () => {
      const text = `  ${spinner[turn++ % spinner.length]} ${name} ${note}`;
      this.#out.write(`\r\x1b[2K${text.slice(0, this.width - 1)}`);
    };
    const timer = this.#live ? setInterval(draw, 120) : undefined;
    const hint = (line) => {
      note = line.split('\n')[0];
    };
    const say = (line) => {
      hint(line);
      if (!this.#live || line.includes('\n')) this.line(`${this.#live ? '\r\x1b[2K' : ''}    ${line}`);
    };
    const finish = (mark, text) => {
      clearInterval(timer);
      this.line(`${this.#live ? '\r\x1b[2K' : ''}  ${mark} ${name} ${text}${this.dim(`  ${seconds(Date.now() - started)}`)}`);
    };
    try {
      finish(this.#live ? '✓' : '-', await work(say, hint));
    } catch (error) {
      finish(this.#live ? '✗' : '!', error.name === 'ClosingError' ? 'stopped' : 'failed');
      throw error;
    }
  }

  /**
   * Columns aligned, numbers to the right. Columns that don't fit are left out, which dots at the end show; with `wrap`, the last
   * column goes on below instead.
   */
  table(columns, rows, { wrap = false } = {}) {
    const text = (value) => (value === null ? '' : typeof value === 'number' ? value.toLocaleString('en-US') : String(value));
    const cells = [columns, ...rows.map((row) => row.map(text))];
    const widths = columns.map((_, index) => Math.max(...cells.map((row) => row[index].length)));
    const isNumber = columns.map((_, index) => rows.every((row) => row[index] === null || /^-?[\d.,]+$/.test(text(row[index]))));
    let fitting = 0;
    for (let used = 4; fitting < columns.length; fitting++) {
      used += widths[fitting] + 2;
      if (used > this.width - 3 && !wrap) break;
    }
    cells.forEach((row, line) => {
      const shown = row
        .slice(0, fitting)
        .map((cell, index) => (isNumber[index] ? cell.padStart(widths[index]) : cell.padEnd(widths[index])));
      const joined = `    ${shown.join('  ')}${fitting < columns.length ? '  …' : ''}`.trimEnd();
      const indent = 4 + widths.slice(0, -1).reduce((sum, width) => sum + width + 2, 0);
      for (const part of wrap ? wrapped(joined, this.width, indent) : [joined]) this.line(line === 0 ? this.dim(part) : part);
    });
  }
}
