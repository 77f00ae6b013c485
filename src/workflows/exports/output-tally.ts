import type { Period } from '../../contracts/activities/refs.js';
import { datesOf, periodsOf } from '../../contracts/dates/dates.js';
import { counted } from '../../contracts/format-numbers.js';
import type { OutputCounts, OutputPlan, OutputResult, OutputsCarried, OutputsReport } from '../../contracts/outputs.js';

/** How many failures and other dates are listed one by one, because a history has its limits. */
const listed = 20;
const shownDates = 5;

interface OfDate {
  readonly output: string;
  readonly date: string;
}

const none: OutputCounts = { written: 0, same: 0, failed: 0, rows: 0, bytes: 0 };

/** Counts what became of outputs by date. */
export class OutputTally {
  private readonly byOutput = new Map<string, OutputCounts>();
  private readonly failures: string[];
  private readonly failed = new Set<string>();
  private unlisted: number;
  private current: number;
  private otherDates: OutputsReport['outputs']['otherDates'];
  /** Dates of the plan that were not asked for; each counts when the first of its outputs is written. */
  private readonly others = new Set<string>();
  /** Dates of the plans that were asked for. */
  private readonly asked = new Set<string>();
  /** Of them, those with an output that failed. */
  private readonly failedDates: Set<string>;

  constructor(carried?: OutputsCarried) {
    for (const [output, counts] of Object.entries(carried?.outputs.byOutput ?? {})) this.byOutput.set(output, counts);
    this.failures = [...(carried?.failures ?? [])];
    this.unlisted = carried?.unlisted ?? 0;
    this.current = carried?.outputs.current ?? 0;
    this.otherDates = carried?.outputs.otherDates ?? { dates: 0, first: [] };
    this.failedDates = new Set(carried?.outputs.failed?.flatMap(datesOf));
  }

  plan({ outputs, dates, current }: OutputPlan): void {
    // In the order of the plan, whatever ends first.
    for (const { output } of outputs) if (!this.byOutput.has(output)) this.byOutput.set(output, none);
    for (const { date, asked } of dates) (asked ? this.asked : this.others).add(date);
    this.current += current;
  }

  add({ output, date }: OfDate, { state, rows, bytes }: OutputResult): void {
    if (state === 'current') {
      this.current += 1;
      return;
    }
    const counts = this.byOutput.get(output) ?? none;
    this.byOutput.set(output, { ...counts, [state]: counts[state] + 1, rows: counts.rows + rows, bytes: counts.bytes + bytes });
    if (!this.others.delete(date)) return;
    const { dates, first } = this.otherDates;
    this.otherDates = { dates: dates + 1, first: first.length < shownDates ? [...first, date].sort() : first };
  }

  fail({ output, date }: OfDate, reason: string): void {
    const counts = this.byOutput.get(output) ?? none;
    this.byOutput.set(output, { ...counts, failed: counts.failed + 1 });
    this.failed.add(`${output} ${date}`);
    if (this.asked.has(date)) this.failedDates.add(date);
    this.note(`${output} of ${date}: ${reason}`);
  }

  /** Nobody knows what is to be written for these dates. */
  failAll(dates: Period | undefined, message: string): void {
    for (const date of dates ? datesOf(dates) : []) this.failedDates.add(date);
    this.note(message);
  }

  private note(message: string): void {
    if (this.failures.length < listed) this.failures.push(message);
    else this.unlisted += 1;
  }

  hasFailed(output: string, date: string): boolean {
    return this.failed.has(`${output} ${date}`);
  }

  get carried(): Omit<OutputsCarried, 'after'> {
    const { outputs } = this.report;
    return { outputs, failures: this.failures, unlisted: this.unlisted };
  }

  get report(): OutputsReport {
    const done = [...this.byOutput].filter(([, { written, same, failed }]) => written + same + failed > 0);
    const { current, otherDates } = this;
    const failed = periodsOf(this.failedDates);
    const more = this.unlisted > 0 ? [`${counted(this.unlisted, 'further output')} by date`] : [];
    return {
      outputs: { byOutput: Object.fromEntries(done), current, otherDates, ...(failed.length > 0 && { failed }) },
      failures: [...this.failures, ...more],
    };
  }
}
