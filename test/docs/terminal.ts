import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** A bash in which the lines of a page are typed one after the other, with job control as a person's terminal has it. */
export class Terminal {
  private readonly shell: ChildProcess;
  private written = '';
  private asked = 0;

  constructor(cwd: string, env: Readonly<Record<string, string>>) {
    this.shell = spawn('bash', ['--noprofile', '--norc'], { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
    for (const stream of [this.shell.stdout, this.shell.stderr]) stream?.setEncoding('utf8').on('data', (text) => (this.written += text));
    this.shell.stdin?.write('set -m\n');
  }

  /** Runs the lines; resolves with what they wrote, rejects when one of them fails. */
  async type(lines: string): Promise<string> {
    const mark = `--- ${(this.asked += 1)}`;
    const before = this.written.length;
    const each = lines
      .trim()
      .split('\n')
      .map((line) => `${line}\n[ $? = 0 ] || echo '${mark} failed: ${line.replaceAll("'", '')}'\n`);
    this.shell.stdin?.write(`${each.join('')}echo '${mark} done'\n`);
    while (!this.written.slice(before).includes(`${mark} done`)) {
      if (this.shell.exitCode !== null) throw new Error(`bash ended:\n${this.written}`);
      await sleep(20);
    }
    const output = this.written.slice(before);
    if (output.includes(`${mark} failed`)) throw new Error(output);
    return output;
  }

  async close(): Promise<void> {
    if (this.shell.exitCode !== null) return;
    const ended = once(this.shell, 'exit');
    this.shell.stdin?.end('kill $(jobs -p) 2> /dev/null; wait; exit\n');
    await ended;
  }
}
