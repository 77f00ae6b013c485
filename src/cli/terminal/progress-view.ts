import { phases, type Phase, type ProgressEvent } from '../../contracts/progress.js';
import { byteSize, counted, grouped } from '../../contracts/format-numbers.js';
import { SubjectTally } from '../../status/progress/subject-tally.js';
import type { Output } from './output.js';
import { cut } from './table.js';
import { duration } from '../../contracts/format-times.js';

const plainInterval = 10_000;
const redrawInterval = 200;
/** In milliseconds. */
const quietAfter = 20_000;
/** The rate is that of the last part of the run, in milliseconds. */
const rateWindow = 15_000;

const titles: Record<Phase, string> = {
  extract: 'source to lake',
  pickup: 'looking for files',
  landing: 'files to staging',
  processing: 'staging to bulk',
  vault: 'bulk to vault',
  marts: 'bulk to bus',
  processed: 'bus to processed bucket',
  exports: 'bus to files',
  outputs: 'outputs by date',
  pruning: 'pruning',
  done: 'done',
};

/** Of a pipeline whose rows go straight into bulk. */
const straightTitles: Record<Phase, string> = { ...titles, landing: 'files to bulk', processing: 'rows made visible' };

/** Shows how far a run is: a moving line on a terminal, else a line a phase and one every 10 s. */
export class ProgressView {
  private phase: Phase | undefined;
  private part = '';
  /** The last event of every feed (landing), and of every object or table that is being worked on. */
  private readonly feeds = new Map<string, ProgressEvent>();
  private readonly subjects = new Map<string, ProgressEvent>();
  private readonly tallies = new Map<string, SubjectTally>();
  private readonly samples: { readonly at: number; readonly bytes: number; readonly rows: number }[] = [];
  private readonly ended = new Set<string>();
  private finished = 0;
  private message = '';
  private meanwhile = '';
  private heard = Date.now();
  private drawn: number | undefined;

  constructor(
    private readonly out: Output,
    /** Of the phases. */
    private readonly titlesOf = titles,
    private readonly started = Date.now(),
  ) {}

  /** `isStraight`: the rows of the pipeline's files go straight into bulk. */
  static of(out: Output, isStraight: boolean): ProgressView {
    return new ProgressView(out, isStraight ? straightTitles : titles);
  }

  show(event: ProgressEvent): void {
    if (event.part !== undefined && event.part !== this.part) this.begin(event.part);
    if (event.phase !== this.phase && event.phase !== 'vault') this.enter(event.phase);
    const subject = JSON.stringify([event.phase, event.feed, event.subject]);
    if (event.subject !== undefined) {
      // Both the activity and its workflow report an end, and an earlier event of the activity may come after it.
      if (event.done) {
        this.subjects.delete(subject);
        if (event.phase === this.phase && !this.ended.has(subject)) this.finished += 1;
        this.ended.add(subject);
      } else if (!this.ended.has(subject)) this.subjects.set(subject, { ...event, ...this.moved(subject, event) });
    } else if (event.phase === 'landing' && event.feed !== undefined) this.feeds.set(event.feed, event);
    this.sample();
    this.heard = Date.now();
    if (event.phase === this.phase) this.message = event.message;
    this.meanwhile = '';
    this.draw();
  }

  /** No event has come for some time: a statement takes long, or nothing moves. */
  get isQuiet(): boolean {
    return Date.now() - this.heard > quietAfter;
  }

  /** What goes on while no event comes. */
  doing(text: string): void {
    this.meanwhile = text;
    this.samples.length = 0;
    this.draw();
  }

  /** Lets the time go on while no event comes. */
  tick(): void {
    if (this.out.terminal) this.draw();
  }

  /** Ranges of a file add up, and an attempt that begins again takes nothing back. */
  private moved(subject: string, event: ProgressEvent): Partial<ProgressEvent> {
    if (event.rows === undefined && event.bytes === undefined) return {};
    const tally = this.tallies.get(subject) ?? new SubjectTally();
    this.tallies.set(subject, tally);
    tally.take(event);
    return tally.moved;
  }

  /** Takes the moving line away. */
  end(): void {
    this.out.status('');
  }

  /** The phases come again, for other dates. */
  private begin(part: string): void {
    this.part = part;
    this.phase = undefined;
    this.feeds.clear();
    this.tallies.clear();
    this.ended.clear();
  }

  private enter(phase: Phase): void {
    // Events of activities come late: what is past does not come back.
    if (this.phase !== undefined && phases.indexOf(phase) < phases.indexOf(this.phase)) return;
    this.phase = phase;
    this.message = '';
    this.finished = 0;
    this.subjects.clear();
    this.samples.length = 0;
    if (!this.out.terminal && phase !== 'done') this.out.note([this.elapsed(), ...this.dates(), this.titlesOf[phase]].join('  '));
  }

  private draw(): void {
    if (this.phase === undefined || this.phase === 'done') return;
    const now = Date.now();
    if (!this.out.terminal) this.drawn ??= now;
    if (this.drawn !== undefined && now - this.drawn < (this.out.terminal ? redrawInterval : plainInterval)) return;
    this.drawn = now;
    const parts = [this.elapsed(), ...this.dates(), this.titlesOf[this.phase], this.numbers() || this.message, this.meanwhile];
    const text = parts.filter((part) => part !== '').join('  ');
    if (this.out.terminal) this.out.status(cut(text, (this.out.width ?? 80) - 1));
    else this.out.note(text);
  }

  private get landing(): boolean {
    return this.phase === 'landing' || this.phase === 'pickup';
  }

  /** What is counted now: objects and tables that are being worked on, and when landing what is landed. */
  private counted(): ProgressEvent[] {
    return [...(this.landing ? this.feeds.values() : []), ...this.subjects.values()];
  }

  private sample(): void {
    const all = this.counted();
    const at = Date.now();
    this.samples.push({ at, rows: sum(all, 'rows'), bytes: sum(all, 'bytes') });
    while (this.samples.length > 2 && at - (this.samples[0]?.at ?? at) > rateWindow) this.samples.shift();
  }

  private numbers(): string {
    const { landing } = this;
    const inWork = [...this.subjects.values()];
    const feeds = [...this.feeds.values()];
    const all = this.counted();
    const rows = sum(all, 'rows');
    const bytes = sum(all, 'bytes');
    const rate = this.rate();
    const items = landing ? sum(feeds, 'items') : this.finished;
    const totalItems = landing ? sum(feeds, 'totalItems') : 0;
    // The sizes of files that nobody reads yet are not known here: of many files only their number says what is left.
    const sized = totalItems <= Math.max(1, inWork.length) && inWork.some(({ totalBytes }) => totalBytes !== undefined);
    const missing = sum(inWork, 'totalBytes') - sum(inWork, 'bytes');
    const left = sized && rate.bytes > 0 ? missing / rate.bytes : this.leftByItems(items, totalItems);
    const parts = [
      totalItems > 1 ? `${grouped(items)} of ${counted(totalItems, 'file')}` : !landing && items > 0 ? `${grouped(items)} done` : '',
      rows > 0 ? counted(rows, 'row') : '',
      bytes > 0 ? (sized ? `${byteSize(bytes)} of ${byteSize(bytes + missing)}` : byteSize(bytes)) : '',
      rate.bytes > 0 ? `${byteSize(rate.bytes)}/s` : rate.rows > 0 ? `${grouped(rate.rows)} rows/s` : '',
      left !== undefined ? `${duration(left)} left` : '',
    ];
    return parts.filter((part) => part !== '').join('  ');
  }

  private rate(): { rows: number; bytes: number } {
    const first = this.samples[0];
    const last = this.samples.at(-1);
    const seconds = ((last?.at ?? 0) - (first?.at ?? 0)) / 1_000;
    if (!first || !last || seconds < 1) return { rows: 0, bytes: 0 };
    const perSecond = (from: number, to: number) => Math.max(0, Math.round((to - from) / seconds));
    return { rows: perSecond(first.rows, last.rows), bytes: perSecond(first.bytes, last.bytes) };
  }

  private leftByItems(items: number, total: number): number | undefined {
    if (items === 0 || total <= items) return undefined;
    return (((Date.now() - this.started) / 1_000) * (total - items)) / items;
  }

  /** Those that are at work; marts and what follows are for all of them. */
  private dates(): string[] {
    const isOfPart = this.phase !== undefined && phases.indexOf(this.phase) <= phases.indexOf('processing');
    return this.part !== '' && isOfPart ? [this.part] : [];
  }

  private elapsed(): string {
    return duration((Date.now() - this.started) / 1_000).padStart(8);
  }
}

function sum(events: readonly ProgressEvent[], field: 'rows' | 'bytes' | 'totalBytes' | 'items' | 'totalItems'): number {
  return events.reduce((total, event) => total + (event[field] ?? 0), 0);
}
