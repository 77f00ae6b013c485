import { AreaRequestError } from './area-request-error.js';
import { shownBox } from './box.js';
import type { AreaRequest } from './area-request.js';
import { isoWeek, weekName, weekOfDate } from './weeks.js';

/** What a question about an area is answered with, as JSON has it. */
export interface AreaAnswer {
  /** The box that was used, after rounding and ordering its corners: lon1, lat1, lon2, lat2. */
  readonly box?: readonly [number, number, number, number];
  readonly trips: number;
  /** From the first week to the last, empty ones too. */
  readonly weeks: number;
  /** Per week, with three decimals, rounded half away from zero. */
  readonly average: string;
  readonly first_week: string | null;
  readonly last_week: string | null;
  readonly series: readonly { readonly year: number; readonly week: number; readonly trips: number }[];
}

/** Weeks that an answer lists at most. */
export const mostWeeks = 2_000;

/**
 * The answer from the number of rows of each week, by the week's number. Weeks run from that of the first row to that of the last, or of the
 * days that the request names; empty ones count. Throws AreaRequestError where they are too many to list.
 */
export function areaAnswer(request: AreaRequest, counts: ReadonlyMap<number, number>): AreaAnswer {
  const filled = [...counts].filter(([, count]) => count > 0).map(([week]) => week);
  const trips = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const first = request.from === undefined ? lowest(filled) : weekOfDate(request.from);
  const last = request.to === undefined ? highest(filled) : weekOfDate(request.to);
  const box = request.box && { box: shownBox(request.box) };
  if (first === undefined || last === undefined)
    return { ...box, trips: 0, weeks: 0, average: average(0, 0), first_week: null, last_week: null, series: [] };
  const weeks = last - first + 1;
  if (weeks > mostWeeks)
    throw new AreaRequestError(
      `the answer has ${weeks} weeks, from ${weekName(first)} to ${weekName(last)}, and at most ${mostWeeks} are listed. Name the days that you want with from and to`,
    );
  const series = Array.from({ length: weeks }, (_, index) => ({ ...isoWeek(first + index), trips: counts.get(first + index) ?? 0 }));
  return { ...box, trips, weeks, average: average(trips, weeks), first_week: weekName(first), last_week: weekName(last), series };
}

/** `0.000` where there are no weeks. In whole numbers: a quotient of doubles would be rounded twice. */
export function average(trips: number, weeks: number): string {
  if (weeks === 0) return '0.000';
  const thousandths = (BigInt(trips) * 2_000n + BigInt(weeks)) / (2n * BigInt(weeks));
  return `${thousandths / 1_000n}.${String(thousandths % 1_000n).padStart(3, '0')}`;
}

function lowest(weeks: readonly number[]): number | undefined {
  return weeks.length === 0 ? undefined : weeks.reduce((least, week) => Math.min(least, week));
}

function highest(weeks: readonly number[]): number | undefined {
  return weeks.length === 0 ? undefined : weeks.reduce((most, week) => Math.max(most, week));
}
