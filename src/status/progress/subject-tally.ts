import type { ProgressEvent } from '../../contracts/progress.js';

export interface Moved {
  readonly rows: number;
  readonly bytes: number;
}

/**
 * How far one object or table is, by what its activities report. Ranges that are read side by side each know what was committed when they
 * began and what they read since; an attempt that begins again reads some of it twice. What is told never goes back.
 */
export class SubjectTally {
  /** What had been committed when this first heard of the subject, and the most that was known to be committed. */
  private first: Moved | undefined;
  private rows = 0;
  private bytes = 0;
  private readonly ranges = new Map<number, Moved>();
  totalBytes: number | undefined;

  take({ rows = 0, bytes = 0, totalBytes, range, committed }: ProgressEvent): void {
    this.totalBytes = totalBytes ?? this.totalBytes;
    let [allRows, allBytes] = [rows, bytes];
    if (range !== undefined && committed) {
      this.first ??= committed;
      const before = this.ranges.get(range);
      this.ranges.set(range, {
        rows: Math.max(before?.rows ?? 0, rows - committed.rows),
        bytes: Math.max(before?.bytes ?? 0, bytes - committed.bytes),
      });
      const read = [...this.ranges.values()];
      allRows = Math.max(rows, this.first.rows + read.reduce((sum, each) => sum + each.rows, 0));
      allBytes = Math.max(bytes, this.first.bytes + read.reduce((sum, each) => sum + each.bytes, 0));
    }
    this.rows = Math.max(this.rows, allRows);
    this.bytes = Math.max(this.bytes, Math.min(allBytes, this.totalBytes ?? allBytes));
  }

  get moved(): Moved {
    return { rows: this.rows, bytes: this.bytes };
  }
}
