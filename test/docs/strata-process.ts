import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from './documents.js';

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

export interface StrataOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The built program in a process of its own, as `npx strata` starts it, with these settings and nobody else's. */
export class StrataProcess {
  private written = '';
  private readonly ended: Promise<unknown>;

  private constructor(private readonly child: ChildProcess) {
    this.ended = once(child, 'close');
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes: Buffer) => (this.written += bytes.toString()));
  }

  static start(args: readonly string[], { cwd, env }: StrataOptions): StrataProcess {
    const { PATH = '', HOME = '' } = process.env;
    const settings = { PATH, HOME, TEMPORAL_CONFIG_FILE: join(cwd, 'temporal.toml'), ...env };
    return new StrataProcess(spawn(process.execPath, [join(root, 'bin', 'strata.js'), ...args], { cwd, env: settings, stdio: ['ignore', 'pipe', 'pipe'] }));
  }

  static async run(args: readonly string[], options: StrataOptions): Promise<Ended> {
    const process = StrataProcess.start(args, options);
    await process.ended;
    return { code: process.child.exitCode, output: process.written };
  }

  /** Resolves when it has written the text; rejects, with all that it wrote, when it ends before. */
  async waitFor(text: string): Promise<void> {
    while (!this.written.includes(text)) {
      if (this.child.exitCode !== null) throw new Error(`it ended before it wrote ${text}:\n${this.written}`);
      await sleep(100);
    }
  }

  async stop(): Promise<Ended> {
    this.child.kill('SIGTERM');
    await this.ended;
    return { code: this.child.exitCode, output: this.written };
  }
}
