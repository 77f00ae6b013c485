import { once } from 'node:events';
import { visible, visibleJson } from '../../contracts/escape-controls.js';
import { renderRows, type Cell } from './table.js';
import { wrapText } from './wrap.js';

/** Where a command speaks: results to stdout, what accompanies them to stderr. */
export class Output {
  constructor(
    private readonly stdout: NodeJS.WriteStream = process.stdout,
    private readonly stderr: NodeJS.WriteStream = process.stderr,
  ) {}

  /** A terminal is watched by a person: progress may move, tables are cut to its width. */
  get terminal(): boolean {
    return this.stdout.isTTY && this.stderr.isTTY;
  }

  /** Results are read by a person, and what is in them reaches a terminal. */
  get reachesTerminal(): boolean {
    return Boolean(this.stdout.isTTY);
  }

  get width(): number | undefined {
    return columnsOf(this.stdout);
  }

  line(text = ''): void {
    this.stdout.write(`${visible(text)}\n`);
  }

  /** Sentences for people: they break between words where a terminal is narrow. */
  prose(text: string, deeper?: number): void {
    for (const line of wrapped(this.stdout, text, deeper)) this.line(line);
  }

  /** A line of results that must not be missed. */
  alert(text: string): void {
    const isBold = this.stdout.isTTY && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
    const lines = wrapped(this.stdout, text).map(visible).join('\n');
    this.stdout.write(isBold ? `\x1b[1m${lines}\x1b[22m\n` : `${lines}\n`);
  }

  table(headings: readonly string[], rows: readonly (readonly Cell[])[]): void {
    for (const line of renderRows(headings, rows, this.width)) this.line(line);
  }

  /** For scripts: one JSON document. */
  json(value: unknown): void {
    this.stdout.write(`${visibleJson(JSON.stringify(value, undefined, 2))}\n`);
  }

  /** As they are, as fast as the reader takes them; false when the reader has gone. */
  async bytes(bytes: Buffer): Promise<boolean> {
    try {
      if (!this.stdout.write(bytes)) await once(this.stdout, 'drain');
      return this.stdout.writable;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EPIPE') return false;
      throw error;
    }
  }

  note(text: string): void {
    for (const line of wrapped(this.stderr, text)) this.stderr.write(`${visible(line)}\n`);
  }

  /** Replaces the moving line of a terminal; an empty text takes it away. */
  status(text: string): void {
    if (this.terminal) this.stderr.write(`\r\x1b[2K${visible(text)}`);
  }
}

function wrapped(stream: NodeJS.WriteStream, text: string, deeper?: number): readonly string[] {
  const width = columnsOf(stream);
  return width === undefined ? [text] : wrapText(text, width, deeper);
}

/** Undefined where nobody's terminal limits it; some terminals don't report it and say 0. */
function columnsOf(stream: NodeJS.WriteStream): number | undefined {
  return stream.isTTY && stream.columns > 0 ? stream.columns : undefined;
}
