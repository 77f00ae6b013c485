import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const program = fileURLToPath(new URL('../../bin/strata.js', import.meta.url));

/** A worker of the built program in a process of its own, with these settings and nobody else's. */
export class WorkerProcess {
  private log = '';
  private readonly exited: Promise<unknown>;

  private killed = false;

  private constructor(private readonly child: ChildProcess) {
    this.exited = once(child, 'exit');
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes: Buffer) => (this.log = (this.log + bytes.toString()).slice(-20_000)));
  }

  static start(settings: Readonly<Record<string, string>>): WorkerProcess {
    const { PATH = '', HOME = '' } = process.env;
    const env = { PATH, HOME, TEMPORAL_CONFIG_FILE: '/nowhere/temporal.toml', STRATA_LOG_FORMAT: 'text', ...settings };
    return new WorkerProcess(spawn(process.execPath, [program, 'worker'], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] }));
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Rejects when the worker ends by itself; never resolves. */
  async failed(): Promise<never> {
    await this.exited;
    if (this.killed) return new Promise<never>(() => undefined);
    throw new Error(`the worker ended by itself:\n${this.log}`);
  }

  /** The most memory that it ever held, in bytes (Linux). */
  async peakMemory(): Promise<number> {
    const status = await readFile(`/proc/${this.child.pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
  }

  /** The last that it wrote. */
  get output(): string {
    return this.log;
  }

  /** SIGKILL: nothing of the process ends in good order. Resolves when it is gone. */
  async kill(): Promise<void> {
    this.killed = true;
    if (this.isRunning) this.child.kill('SIGKILL');
    await this.exited;
  }

  /** SIGSTOP: the process is there, holds its connections and does nothing. */
  pause(): void {
    this.child.kill('SIGSTOP');
  }

  resume(): void {
    this.child.kill('SIGCONT');
  }
}
