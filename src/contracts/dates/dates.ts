import type { Period } from '../activities/refs.js';

const day = 86_400_000;
const first = Date.parse('1000-01-01T00:00:00Z');
const last = Date.parse('9999-12-31T00:00:00Z');

/** Whether the text is a date that exists, as 2024-01-31, of the years 1000 to 9999. */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = timeOf(text);
  return time >= first && time <= last && dateAt(time) === text;
}

/** The date so many days later, or earlier where that is negative; the last or the first one of all where there is none. */
export function addDays(date: string, days: number): string {
  return dateAt(Math.min(Math.max(timeOf(date) + days * day, first), last));
}

/** How many dates there are from one to another, both included. */
export function countDates({ from, to }: Period): number {
  return Math.round((timeOf(to) - timeOf(from)) / day) + 1;
}

/** The date in UTC at a time. */
export function dateOf(time: Date): string {
  return dateAt(time.getTime());
}

function timeOf(date: string): number {
  return Date.parse(`${date}T00:00:00Z`);
}

function dateAt(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** The dates of a period. */
export function datesOf({ from, to }: Period): string[] {
  return Array.from({ length: countDates({ from, to }) }, (_, index) => addDays(from, index));
}

/** Dates in any order as periods without gaps, the earliest first. A date that comes twice counts once. */
export function periodsOf(dates: Iterable<string>): Period[] {
  const periods: Period[] = [];
  for (const date of [...new Set(dates)].sort()) {
    const last = periods.at(-1);
    if (last && addDays(last.to, 1) === date) periods[periods.length - 1] = { from: last.from, to: date };
    else periods.push({ from: date, to: date });
  }
  return periods;
}

/** The months of a period, the first and the last one as far as they are in it. */
export function* monthsOf({ from, to }: Period): Generator<Period> {
  for (let begin = from; ;) {
    const end = lastOfMonth(begin);
    yield { from: begin, to: end < to ? end : to };
    if (end >= to) return;
    begin = addDays(end, 1);
  }
}

function lastOfMonth(date: string): string {
  const [year, month] = [Number(date.slice(0, 4)), Number(date.slice(5, 7))];
  return dateAt(Date.UTC(year, month, 0));
}
