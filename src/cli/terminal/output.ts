import { once } from 'node:events';
import { visible, visibleJson } from '../../contracts/escape-controls.js';
import { renderRows, type Cell } from './table.js';

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

  get width(): number | undefined {
    return this.stdout.isTTY ? this.stdout.columns : undefined;
  }

  line(text = ''): void {
    this.stdout.write(`${visible(text)}\n`);
  }

  /** A line of results that must not be missed. */
  alert(text: string): void {
    const isBold = this.stdout.isTTY && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
    this.stdout.write(isBold ? `\x1b[1m${visible(text)}\x1b[22m\n` : `${visible(text)}\n`);
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
    this.stderr.write(`${visible(text)}\n`);
  }

  /** Replaces the moving line of a terminal; an empty text takes it away. */
  status(text: string): void {
    if (this.terminal) this.stderr.write(`\r\x1b[2K${visible(text)}`);
  }
}
