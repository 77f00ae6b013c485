import type { Period } from '../activities/refs.js';
import { counted } from '../format-numbers.js';
import type { RunInput } from '../workflows.js';
import { datesOf, periodsOf } from './dates.js';

/** Some of many dates: how many, and the first few. */
export interface DateList {
  readonly dates: number;
  readonly first: readonly string[];
  /** All of them, where they may be united with others and `first` does not have all. */
  readonly periods?: readonly Period[] | undefined;
}

/** Dates told one by one. */
const shownDates = 10;

/** What is there of the dates that a run was asked for. */
export interface DatesReport {
  readonly dates: number;
  /** Dates without a file of any feed. */
  readonly empty: DateList;
  /** Other dates without a file of a feed, by feed. */
  readonly missing: Readonly<Record<string, DateList>>;
  /** Dates with files that are not loaded (no load could be made of them, or landing or processing failed), or with an output that failed. */
  readonly incomplete: DateList;
}

export interface DateActivities {
  /** What there is in the warehouse of the files of these dates. */
  reportDates(input: DatesOfRun): Promise<DatesReport>;
}

export interface DatesOfRun {
  readonly pipeline: string;
  readonly feeds: readonly string[];
  readonly dates: Period;
  /** Of each feed the dates with files of which no load was made, or that nobody could look for. */
  readonly unclaimed?: Readonly<Record<string, readonly string[]>> | undefined;
  /** Processing failed: files that are landed and not processed count as not loaded. */
  readonly unprocessed?: boolean | undefined;
}

/** Whether a run for some dates completed some of them, but not all. */
export function isPartial({ dates: of }: { readonly dates?: DatesReport | undefined }): boolean {
  return of !== undefined && of.incomplete.dates > 0 && of.incomplete.dates < of.dates;
}

export function listOf(dates: readonly string[]): DateList {
  return { dates: dates.length, first: dates.slice(0, shownDates) };
}

/** A list from which all its dates can be had again, by `datesIn`. */
export function wholeListOf(dates: readonly string[]): DateList {
  return { ...listOf(dates), ...(dates.length > shownDates && { periods: periodsOf(dates) }) };
}

function datesIn({ first, periods }: DateList): readonly string[] {
  return periods?.flatMap(datesOf) ?? first;
}

/** Dates with an output that failed are not complete either. A date with two reasons counts once. */
export function withFailedOutputs(of: DatesReport | undefined, failed: readonly Period[] = []): DatesReport | undefined {
  if (of === undefined || failed.length === 0) return of;
  const dates = new Set([...datesIn(of.incomplete), ...failed.flatMap(datesOf)]);
  return { ...of, incomplete: wholeListOf([...dates].sort()) };
}

/** Two parts of a run's dates together, the earlier ones first. */
export function sumOfDates(before: DatesReport | undefined, last: DatesReport): DatesReport {
  if (before === undefined) return last;
  const feeds = [...new Set([...Object.keys(before.missing), ...Object.keys(last.missing)])];
  const missing = feeds.map((feed) => [feed, joined(before.missing[feed], last.missing[feed])] as const);
  return {
    dates: before.dates + last.dates,
    empty: joined(before.empty, last.empty),
    missing: Object.fromEntries(missing),
    incomplete: wholeListOf([...datesIn(before.incomplete), ...datesIn(last.incomplete)]),
  };
}

function joined(one: DateList | undefined, other: DateList | undefined): DateList {
  const parts = [one, other].filter((part) => part !== undefined);
  return { dates: parts.reduce((sum, { dates }) => sum + dates, 0), first: parts.flatMap(({ first }) => first).slice(0, shownDates) };
}

/** `2020-06-22, 2020-06-23 and 5 more` */
export function listText({ dates, first }: DateList): string {
  return dates > first.length ? `${first.join(', ')} and ${dates - first.length} more` : first.join(', ');
}

/** `1 date is not complete: 2020-06-22. To go on with it, give the same command again`, with a reason where one is given. */
export function notComplete(list: DateList, because = ''): string {
  const one = list.dates === 1;
  const reason = because === '' ? '' : `, because ${because}`;
  return `${counted(list.dates, 'date is', 'dates are')} not complete${reason}: ${listText(list)}. To go on with ${one ? 'it' : 'them'}, give the same command again`;
}

/** What a run is for, in its id and for people: `2020-06-22`, `2020-06-01..2020-06-30`, `init`, with the feeds behind it; '' for everything. */
export function runScope({ dates, initial, feeds }: Pick<RunInput, 'dates' | 'initial' | 'feeds'>): string {
  const what = dates ? periodText(dates) : initial ? 'init' : '';
  return what === '' || feeds === undefined ? what : `${what}/${feeds.join(',')}`;
}

export function periodText({ from, to }: Period): string {
  return from === to ? from : `${from}..${to}`;
}

/** The command that starts the run of an id once more. */
export function commandOfRun(workflowId: string): string {
  const [pipeline = '', kind = '', what, feeds] = workflowId.split('/');
  const only = feeds === undefined ? '' : ` --feeds ${feeds}`;
  const [from, to] = (what ?? '').split('..');
  if (kind !== 'run' || what === undefined) return `strata run ${pipeline}`;
  if (what === 'init') return `strata run ${pipeline} --init${only}`;
  return to === undefined ? `strata run ${pipeline} --date ${from}${only}` : `strata run ${pipeline} --from ${from} --to ${to}${only}`;
}
