import type { Phase, ProgressEvent } from '../contracts/progress.js';
import { byteSize, grouped } from '../workflows/numbers.js';
import type { Output } from './output.js';
import { cut } from './table.js';
import { duration } from './time.js';

const plainInterval = 10_000;
const redrawInterval = 200;
/** The rate is that of the last part of the run, in milliseconds. */
const rateWindow = 15_000;

const titles: Record<Phase, string> = {
  pickup: 'looking for files',
  landing: 'files to staging',
  processing: 'staging to bulk',
  vault: 'bulk to vault',
  marts: 'bulk to bus',
  pruning: 'pruning',
  done: 'done',
};

/** Shows how far a run is: a moving line on a terminal, else a line a phase and one every 10 s. */
export class ProgressView {
  private phase: Phase | undefined;
  /** The last event of every feed (landing), and of every object or table that is being worked on. */
  private readonly feeds = new Map<string, ProgressEvent>();
  private readonly subjects = new Map<string, ProgressEvent>();
  private readonly samples: { readonly at: number; readonly bytes: number; readonly rows: number }[] = [];
  private finished = 0;
  private drawn = 0;

  constructor(
    private readonly out: Output,
    private readonly started = Date.now(),
  ) {}

  show(event: ProgressEvent): void {
    if (event.phase !== this.phase && event.phase !== 'vault') this.enter(event.phase);
    const subject = JSON.stringify([event.phase, event.feed, event.subject]);
    if (event.subject !== undefined) {
      if (event.done) {
        this.subjects.delete(subject);
        this.finished += 1;
      } else this.subjects.set(subject, event);
    } else if (event.phase === 'landing' && event.feed !== undefined) this.feeds.set(event.feed, event);
    this.draw(event.message);
  }

  /** Takes the moving line away. */
  end(): void {
    this.out.status('');
  }

  private enter(phase: Phase): void {
    // Feeds pass on side by side: landing never follows what comes after it.
    if (this.phase !== undefined && phase === 'pickup') return;
    this.phase = phase;
    this.finished = 0;
    this.subjects.clear();
    if (!this.out.terminal && phase !== 'done') this.out.note(`${this.elapsed()}  ${titles[phase]}`);
  }

  private draw(message: string): void {
    const interval = this.out.terminal ? redrawInterval : plainInterval;
    if (this.phase === undefined || this.phase === 'done' || Date.now() - this.drawn < interval) return;
    if (!this.out.terminal && this.drawn === 0) {
      this.drawn = Date.now();
      return;
    }
    this.drawn = Date.now();
    const text = `${this.elapsed()}  ${titles[this.phase]}  ${this.numbers() || message}`;
    if (this.out.terminal) this.out.status(cut(text, (this.out.width ?? 80) - 1));
    else this.out.note(text);
  }

  private numbers(): string {
    const landing = this.phase === 'landing' || this.phase === 'pickup';
    const inWork = [...this.subjects.values()];
    const all = landing ? [...this.feeds.values(), ...inWork] : inWork;
    const rows = sum(all, 'rows');
    const bytes = sum(all, 'bytes');
    const rate = this.rate(rows, bytes);
    const items = landing ? sum([...this.feeds.values()], 'items') : this.finished;
    const totalItems = landing ? sum([...this.feeds.values()], 'totalItems') : 0;
    const total = sum(inWork, 'totalBytes');
    const left = bytes < total && rate.bytes > 0 && totalItems <= inWork.length ? (total - sum(inWork, 'bytes')) / rate.bytes : this.leftByItems(items, totalItems);
    return [
      totalItems > 1 ? `${grouped(items)} of ${grouped(totalItems)} files` : !landing && items > 0 ? `${grouped(items)} done` : '',
      rows > 0 ? `${grouped(rows)} rows` : '',
      bytes > 0 ? (total > 0 && totalItems <= inWork.length ? `${byteSize(bytes)} of ${byteSize(Math.max(total, bytes))}` : byteSize(bytes)) : '',
      rate.bytes > 0 ? `${byteSize(rate.bytes)}/s` : rate.rows > 0 ? `${grouped(rate.rows)} rows/s` : '',
      left !== undefined ? `${duration(left)} left` : '',
    ]
      .filter((part) => part !== '')
      .join('  ');
  }

  private rate(rows: number, bytes: number): { rows: number; bytes: number } {
    const now = Date.now();
    this.samples.push({ at: now, rows, bytes });
    while (this.samples.length > 2 && now - (this.samples[0]?.at ?? now) > rateWindow) this.samples.shift();
    const first = this.samples[0];
    const seconds = (now - (first?.at ?? now)) / 1_000;
    if (!first || seconds < 1) return { rows: 0, bytes: 0 };
    return { rows: Math.max(0, Math.round((rows - first.rows) / seconds)), bytes: Math.max(0, Math.round((bytes - first.bytes) / seconds)) };
  }

  private leftByItems(items: number, total: number): number | undefined {
    if (items === 0 || total <= items) return undefined;
    return (((Date.now() - this.started) / 1_000) * (total - items)) / items;
  }

  private elapsed(): string {
    return duration((Date.now() - this.started) / 1_000).padStart(8);
  }
}

function sum(events: readonly ProgressEvent[], field: 'rows' | 'bytes' | 'totalBytes' | 'items' | 'totalItems'): number {
  return events.reduce((total, event) => total + (event[field] ?? 0), 0);
}
