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

/** A file or table that is read. */
interface Reading {
  readonly feed: string | undefined;
  readonly tally: SubjectTally;
  /** What its feed had counted when it was first heard of, which is without it. */
  readonly before: Moved;
  isDone: boolean;
}

/**
 * Adds up what is reported of the reading of files, by one run or landing. Later phases change nothing of it.
 * Workers report files and a pickup counts those that have landed, each by itself: what is counted may still be reported as being read.
 */
export class WorkTally {
  /** Of dates that are done: phases come again for the next ones. */
  private before: Moved = { rows: 0, bytes: 0 };
  private part = '';
  /** What pickups say of their feed, and files that are being read. */
  private readonly feeds = new Map<string, ProgressEvent>();
  private readonly subjects = new Map<string, Reading>();
  private readonly ended = new Set<string>();
  private best: Moved & { readonly percent: number } = { rows: 0, bytes: 0, percent: 0 };
  private readonly samples: (Moved & { readonly at: number })[] = [];

  constructor(private readonly now: () => number = Date.now) {}

  take(event: ProgressEvent): void {
    if (event.part !== undefined && event.part !== this.part) this.begin(event.part);
    if (event.phase !== 'landing' && event.phase !== 'extract') return;
    const { feed, subject } = event;
    if (subject !== undefined) this.read(JSON.stringify([event.phase, feed, subject]), event);
    else if (feed !== undefined) {
      this.feeds.set(feed, { ...this.feeds.get(feed), ...event });
      // A pickup that is done has counted every file.
      for (const [key, each] of this.subjects) if (each.feed === feed && (each.isDone || event.done)) this.end(key);
    }
    this.sample();
  }

  private read(key: string, event: ProgressEvent): void {
    if (this.ended.has(key)) return;
    const { feed } = event;
    const counted = feed === undefined ? undefined : this.feeds.get(feed);
    const reading = this.subjects.get(key) ?? { feed, tally: new SubjectTally(), before: movedOf(counted), isDone: false };
    reading.tally.take(event);
    reading.isDone = event.done === true;
    this.subjects.set(key, reading);
    // A landing that no pickup waits for is counted by nobody else.
    if (reading.isDone && counted) this.end(key);
  }

  private end(key: string): void {
    this.subjects.delete(key);
    this.ended.add(key);
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
    const sum = (field: 'items' | 'totalItems') => feeds.reduce((total, event) => total + (event[field] ?? 0), 0);
    const [files, totalFiles] = [sum('items'), sum('totalItems')];
    const isSized =
      reading.length + totalFiles > 0 &&
      totalFiles - files <= reading.length &&
      reading.every(({ tally }) => tally.totalBytes !== undefined);
    const sizes = this.sum(({ tally }) => ({ rows: 0, bytes: tally.totalBytes ?? 0 })).bytes;
    return { files, totalFiles, totalBytes: isSized ? sizes : undefined };
  }

  /** What has been read of all, with `of` each file that is being read. A file that is counted already adds nothing to its feed's count. */
  private sum(of: (reading: Reading) => Moved): Moved {
    const reading = [...this.subjects.values()];
    let { rows, bytes } = this.before;
    for (const feed of new Set([...this.feeds.keys(), ...reading.map((each) => each.feed)])) {
      const counted = movedOf(feed === undefined ? undefined : this.feeds.get(feed));
      const own = reading.filter((each) => each.feed === feed);
      const first = own[0]?.before ?? counted;
      rows += Math.max(
        counted.rows,
        own.map(of).reduce((total, each) => total + each.rows, first.rows),
      );
      bytes += Math.max(
        counted.bytes,
        own.map(of).reduce((total, each) => total + each.bytes, first.bytes),
      );
    }
    return { rows, bytes };
  }

  private sample(): void {
    const sum = this.sum(({ tally }) => tally.moved);
    const [rows, bytes] = [Math.max(this.best.rows, sum.rows), Math.max(this.best.bytes, sum.bytes)];
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

function movedOf(event: ProgressEvent | undefined): Moved {
  return { rows: event?.rows ?? 0, bytes: event?.bytes ?? 0 };
}
