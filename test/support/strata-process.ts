import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const program = fileURLToPath(new URL('../../bin/strata.js', import.meta.url));
/** Characters kept of each stream: a worker that runs for long says more than a failure needs. */
const kept = 200_000;

export type Settings = Readonly<Record<string, string>>;

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built program in a process of its own, without a terminal, with these settings and nobody else's. */
export class StrataProcess {
  private readonly written = { stdout: '', stderr: '' };
  private readonly closed: Promise<unknown>;
  private killed = false;

  private constructor(private readonly child: ChildProcess) {
    this.closed = once(child, 'close');
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.setEncoding('utf8').on('data', (text: string) => (this.written[name] = (this.written[name] + text).slice(-kept)));
    }
  }

  static start(args: readonly string[], settings: Settings, cwd = root): StrataProcess {
    const { PATH = '', HOME = '' } = process.env;
    const env = { PATH, HOME, TEMPORAL_CONFIG_FILE: '/nowhere/temporal.toml', ...settings };
    return new StrataProcess(spawn(process.execPath, [program, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] }));
  }

  /** Runs one command to its end. */
  static async run(args: readonly string[], settings: Settings, cwd?: string): Promise<Ran> {
    return StrataProcess.start(args, settings, cwd).ended();
  }

  /** Starts a worker; resolves when it is ready. */
  static async startWorker(settings: Settings, cwd?: string): Promise<StrataProcess> {
    const worker = StrataProcess.start(['worker'], { STRATA_LOG_FORMAT: 'json', ...settings }, cwd);
    await worker.says('the worker is ready');
    return worker;
  }

  /** Starts `strata serve`; resolves when it serves. */
  static async startServe(args: readonly string[], settings: Settings): Promise<StrataProcess> {
    const server = StrataProcess.start(['serve', ...args], { STRATA_LOG_FORMAT: 'json', ...settings });
    await server.says('"serving"');
    return server;
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** What it wrote, the end of it where that is long. */
  get output(): string {
    return this.written.stdout + this.written.stderr;
  }

  /** Without the note that Temporal takes its time, which any command may write on a busy machine. */
  async ended(): Promise<Ran> {
    await this.closed;
    const { stdout, stderr } = this.written;
    return { code: this.child.exitCode, stdout, stderr: stderr.replace(/^waiting for Temporal at .*\n/m, '') };
  }

  /** Resolves when it has written the text; rejects, with all that it wrote, when it ends before. */
  async says(text: string): Promise<void> {
    while (!this.output.includes(text)) {
      if (!this.isRunning) throw new Error(`it ended before it wrote ${text}:\n${this.output}`);
      await sleep(50);
    }
  }

  /** Rejects when it ends without being told to; never resolves. */
  async failed(): Promise<never> {
    await this.closed;
    if (this.killed) return new Promise<never>(() => undefined);
    throw new Error(`strata ended by itself:\n${this.output}`);
  }

  /** The most memory that it ever held, in bytes (Linux). */
  async peakMemory(): Promise<number> {
    const status = await readFile(`/proc/${this.child.pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
  }

  /** Asks it to end, as a service manager (SIGTERM) or a person (SIGINT) does. */
  async stop(signal: 'SIGTERM' | 'SIGINT' = 'SIGTERM'): Promise<Ran> {
    this.killed = true;
    if (this.isRunning) this.child.kill(signal);
    return this.ended();
  }

  /** SIGKILL: nothing of the process ends in good order. Resolves when it is gone. */
  async kill(): Promise<void> {
    this.killed = true;
    if (this.isRunning) this.child.kill('SIGKILL');
    await this.closed;
  }

  /** SIGSTOP: the process is there, holds its connections and does nothing. */
  pause(): void {
    this.child.kill('SIGSTOP');
  }

  resume(): void {
    this.child.kill('SIGCONT');
  }
}
