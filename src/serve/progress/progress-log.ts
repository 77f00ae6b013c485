import { randomBytes } from 'node:crypto';
import type { ProgressWatch } from '../../status/progress/progress-watch.js';
import type { WorkProgress } from '../../status/progress/work-progress.js';

/** Changes that are kept for those who come back. */
const kept = 1_000;
/** Who loses the connection comes back within this, in milliseconds; until then the watch goes on. */
const grace = 30_000;

export interface LoggedProgress {
  /** Of the log, and its place in it: one of another log means nothing here. */
  readonly id: string;
  readonly work: WorkProgress;
}

/** The last changes of what runs, numbered, for those who listen and those who come back. */
export class ProgressLog {
  private readonly epoch = randomBytes(4).toString('hex');
  private readonly changes: LoggedProgress[] = [];
  private readonly readers = new Set<(change: LoggedProgress) => void>();
  private count = 0;
  private stop: (() => void) | undefined;
  private leaving: NodeJS.Timeout | undefined;

  constructor(private readonly watch: Pick<ProgressWatch, 'current' | 'listen'>) {}

  get readerCount(): number {
    return this.readers.size;
  }

  /** The id of the newest change, and the works as they are after it. */
  get now(): { readonly id: string; readonly works: readonly WorkProgress[] } {
    return { id: this.idOf(this.count), works: this.watch.current };
  }

  /** What followed the change of that id; undefined where that is not known any more. */
  since(id: string): readonly LoggedProgress[] | undefined {
    const [epoch, text = ''] = id.split('-');
    const place = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (epoch !== this.epoch || !(place <= this.count) || place < this.count - this.changes.length) return undefined;
    return this.changes.slice(this.changes.length - (this.count - place));
  }

  /** Hears of each change until it is called off. */
  read(reader: (change: LoggedProgress) => void): () => void {
    clearTimeout(this.leaving);
    this.readers.add(reader);
    this.stop ??= this.watch.listen((work) => this.add(work));
    return () => {
      this.readers.delete(reader);
      if (this.readers.size > 0) return;
      clearTimeout(this.leaving);
      this.leaving = setTimeout(() => this.close(), grace).unref();
    };
  }

  /** Ends the watch. */
  close(): void {
    clearTimeout(this.leaving);
    this.stop?.();
    this.stop = undefined;
  }

  private add(work: WorkProgress): void {
    this.count += 1;
    const change = { id: this.idOf(this.count), work };
    this.changes.push(change);
    if (this.changes.length > kept) this.changes.shift();
    for (const reader of this.readers) reader(change);
  }

  private idOf(place: number): string {
    return `${this.epoch}-${place}`;
  }
}
