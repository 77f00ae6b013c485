import type { ProgressEvent } from '../../contracts/progress.js';
import { SubjectTally, type Moved } from './subject-tally.js';

/** The rate is that of the last part of the work, in milliseconds. */
const rateWindow = 15_000;

/** How far a run or a landing is. None of the numbers but the rates ever goes back. */
export interface WorkNumbers extends Moved {
  /** Of the files that are read, where their sizes are known. */
  readonly totalBytes?: number;
  readonly files?: number;
  readonly totalFiles?: number;
  /** From 0 to 100, of the files: rounded down, so that 100 means all. */
  readonly percent?: number;
  readonly rowsPerSecond?: number;
  readonly bytesPerSecond?: number;
  readonly secondsLeft?: number;
}

/** Adds up what is reported of the reading of files, by one run or landing. Later phases change nothing of it. */
export class WorkTally {
  /** Of dates that are done: phases come again for the next ones. */
  private before: Moved = { rows: 0, bytes: 0 };
  private part = '';
  /** What pickups say of their feed, and files that are being read. */
  private readonly feeds = new Map<string, ProgressEvent>();
  private readonly subjects = new Map<string, SubjectTally>();
  private readonly ended = new Set<string>();
  private best: Moved & { readonly percent: number } = { rows: 0, bytes: 0, percent: 0 };
  private readonly samples: (Moved & { readonly at: number })[] = [];

  constructor(private readonly now: () => number = Date.now) {}

  take(event: ProgressEvent): void {
    if (event.part !== undefined && event.part !== this.part) this.begin(event.part);
    if (event.phase !== 'landing' && event.phase !== 'extract') return;
    const key = JSON.stringify([event.phase, event.feed, event.subject]);
    if (event.subject === undefined) {
      if (event.feed !== undefined) this.feeds.set(event.feed, event);
    } else if (!this.ended.has(key)) {
      const tally = this.subjects.get(key) ?? new SubjectTally();
      tally.take(event);
      this.subjects.set(key, tally);
      // Counts of its feed include it from now on.
      if (event.done && this.isCounted(event.feed)) {
        this.subjects.delete(key);
        this.ended.add(key);
      }
    }
    this.sample();
  }

  get numbers(): WorkNumbers {
    const { rows, bytes, percent } = this.best;
    const { totalBytes, files, totalFiles } = this.totals;
    const rate = this.rate();
    return {
      rows,
      bytes,
      ...(totalBytes !== undefined && { totalBytes: Math.max(totalBytes, bytes) }),
      ...(totalFiles > 0 && { files, totalFiles }),
      ...((totalBytes !== undefined || totalFiles > 0) && this.part === '' && { percent }),
      ...(rate && { rowsPerSecond: Math.round(rate.rows), bytesPerSecond: Math.round(rate.bytes) }),
      ...(rate && rate.bytes > 0 && totalBytes !== undefined && { secondsLeft: Math.round(Math.max(0, totalBytes - bytes) / rate.bytes) }),
    };
  }

  private isCounted(feed: string | undefined): boolean {
    return feed !== undefined && this.feeds.has(feed);
  }

  private begin(part: string): void {
    if (this.part !== '') this.before = this.best;
    this.part = part;
    this.feeds.clear();
    this.subjects.clear();
    this.ended.clear();
  }

  /** The sizes of files that nobody reads yet are not known: of many files only their number says what is left. */
  private get totals() {
    const reading = [...this.subjects.values()];
    const feeds = [...this.feeds.values()];
    const sum = (field: 'items' | 'totalItems' | 'bytes') => feeds.reduce((total, event) => total + (event[field] ?? 0), 0);
    const [files, totalFiles] = [sum('items'), sum('totalItems')];
    const isSized = reading.length > 0 && totalFiles - files <= reading.length && reading.every((each) => each.totalBytes !== undefined);
    const sizes = reading.reduce((total, each) => total + (each.totalBytes ?? 0), 0);
    return { files, totalFiles, totalBytes: isSized ? this.before.bytes + sum('bytes') + sizes : undefined };
  }

  private sample(): void {
    const parts = [...this.feeds.values(), ...[...this.subjects.values()].map(({ moved }) => moved)];
    const sum = (field: 'rows' | 'bytes') => parts.reduce((total, each) => total + (each[field] ?? 0), this.before[field]);
    const [rows, bytes] = [Math.max(this.best.rows, sum('rows')), Math.max(this.best.bytes, sum('bytes'))];
    const { files, totalFiles, totalBytes } = this.totals;
    const share = totalBytes !== undefined ? bytes / Math.max(1, totalBytes) : totalFiles > 0 ? files / totalFiles : 0;
    this.best = { rows, bytes, percent: Math.max(this.best.percent, Math.floor(Math.min(1, share) * 1_000) / 10) };
    const at = this.now();
    this.samples.push({ at, rows, bytes });
    while (this.samples.length > 2 && at - (this.samples[0]?.at ?? at) > rateWindow) this.samples.shift();
  }

  private rate(): Moved | undefined {
    const [first, last] = [this.samples[0], this.samples.at(-1)];
    const seconds = ((last?.at ?? 0) - (first?.at ?? 0)) / 1_000;
    if (!first || !last || seconds < 1) return undefined;
    return { rows: (last.rows - first.rows) / seconds, bytes: (last.bytes - first.bytes) / seconds };
  }
}
