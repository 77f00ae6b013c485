import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { StrataError } from '../../engine/strata-error.js';
import type { FilesOrder, ParquetAnswer, ParquetOrder } from './parquet-writer.js';

const program = fileURLToPath(new URL('../../../bin/write-parquet.js', import.meta.url));
/** Milliseconds that a process waits for another file: to start one takes as long as to write a small file, and it holds memory. */
const waitsFor = 10_000;

/** Those that have nothing to do. */
const idle = new Set<ParquetProcess>();

/**
 * Does one piece of work with files in a process that has done others before, or in a new one. The answer says what went wrong with the
 * rows; throws `unavailable` where the process could not be started or ended. When the signal aborts, the process ends, and nobody waits
 * for it.
 */
export async function workInProcess(order: ParquetOrder | FilesOrder, signal: AbortSignal): Promise<ParquetAnswer> {
  for (;;) {
    const [waiting] = idle;
    const process = waiting ?? new ParquetProcess();
    idle.delete(process);
    try {
      const answer = await process.write(order, signal);
      process.rest();
      return answer;
    } catch (error) {
      process.end();
      signal.throwIfAborted();
      // One that waited may have ended meanwhile, which says nothing about this file.
      if (waiting === undefined) throw error;
    }
  }
}

/** A process that writes one file after the other. While it rests it keeps nobody from ending. */
class ParquetProcess {
  // It needs nothing of the worker's environment, which has passwords.
  readonly #child = spawn(process.execPath, [program], { env: {}, stdio: ['pipe', 'pipe', 'ignore'] });
  readonly #answers = createInterface({ input: this.#child.stdout });
  readonly #ended: Promise<never>;
  #retirement: NodeJS.Timeout | undefined;

  constructor() {
    this.#child.stdin.on('error', () => undefined);
    this.#ended = once(this.#child, 'exit').then(
      ([code, killedBy]) => {
        idle.delete(this);
        const how = killedBy === null ? `ended with ${code}` : `was killed by ${killedBy}: this machine may lack memory`;
        throw new StrataError('unavailable', `the Parquet file could not be written: its process ${how}`);
      },
      (error: unknown) => {
        throw new StrataError('unavailable', 'the process that writes Parquet could not be started', { cause: error });
      },
    );
    this.#ended.catch(() => undefined);
  }

  async write(order: ParquetOrder | FilesOrder, signal: AbortSignal): Promise<ParquetAnswer> {
    clearTimeout(this.#retirement);
    this.#child.ref();
    const answer = once(this.#answers, 'line', { signal }) as Promise<[string]>;
    this.#child.stdin.write(`${JSON.stringify(order)}\n`);
    const [line] = await Promise.race([answer, this.#ended]);
    return JSON.parse(line) as ParquetAnswer;
  }

  rest(): void {
    idle.add(this);
    this.#child.unref();
    for (const pipe of [this.#child.stdin, this.#child.stdout]) (pipe as Socket).unref();
    this.#retirement = setTimeout(() => this.end(), waitsFor).unref();
  }

  end(): void {
    idle.delete(this);
    this.#child.kill('SIGKILL');
  }
}
