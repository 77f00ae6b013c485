import { addDays, datesOf } from '../../contracts/dates/dates.js';
import type { AreaRequest } from './area-request.js';
import { mondayOf, weekOfDate, yearWeek } from './weeks.js';

/** A request's days as sums are kept: weeks that lie in them as a whole, and days of those that are cut. */
export interface PeriodParts {
  /** As `yearweek(date, 3)` has them, both included; undefined: no end on that side. Where the first is above the last, there is none. */
  readonly weeks: { readonly first: number | undefined; readonly last: number | undefined };
  /** At most six at each end. */
  readonly days: readonly string[];
}

export function periodParts({ from, to }: Pick<AreaRequest, 'from' | 'to'>): PeriodParts {
  const first = from === undefined ? undefined : weekOfDate(from);
  const last = to === undefined ? undefined : weekOfDate(to);
  const cutsFirst = from !== undefined && mondayOf(weekOfDate(from)) !== from;
  const cutsLast = to !== undefined && addDays(mondayOf(weekOfDate(to)), 6) !== to;
  const days = new Set<string>();
  if (cutsFirst) for (const day of weekFrom(from, to)) days.add(day);
  if (cutsLast) for (const day of weekTo(to, from)) days.add(day);
  return {
    weeks: {
      first: first === undefined ? undefined : yearWeek(cutsFirst ? first + 1 : first),
      last: last === undefined ? undefined : yearWeek(cutsLast ? last - 1 : last),
    },
    days: [...days].sort(),
  };
}

/** The rest of a day's week, as far as the last day goes. */
function weekFrom(day: string, last: string | undefined): string[] {
  const sunday = addDays(mondayOf(weekOfDate(day)), 6);
  return datesOf({ from: day, to: last !== undefined && last < sunday ? last : sunday });
}

/** A day's week up to it, from the first day on. */
function weekTo(day: string, first: string | undefined): string[] {
  const monday = mondayOf(weekOfDate(day));
  return datesOf({ from: first !== undefined && first > monday ? first : monday, to: day });
}

/** Whether no week can lie in them. */
export function hasWeeks({ weeks: { first, last } }: PeriodParts): boolean {
  return first === undefined || last === undefined || first <= last;
}
