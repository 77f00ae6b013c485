const day = 86_400_000;
/** Days from a Monday to 1970-01-01. */
const sinceMonday = 3;

/** An ISO 8601 week. */
export interface IsoWeek {
  readonly year: number;
  readonly week: number;
}

/** The number of the week in which a date (2024-01-31) lies. Weeks that follow one another have numbers that follow one another. */
export function weekOfDate(date: string): number {
  return Math.floor((daysSince1970(date) + sinceMonday) / 7);
}

/** The Monday of a week, as a date. */
export function mondayOf(week: number): string {
  return new Date((week * 7 - sinceMonday) * day).toISOString().slice(0, 10);
}

/** The ISO week with that number. Its year is the year of its Thursday. */
export function isoWeek(number: number): IsoWeek {
  const thursday = number * 7;
  const year = new Date(thursday * day).getUTCFullYear();
  const week = Math.floor((thursday - daysSince1970(`${year}-01-01`)) / 7) + 1;
  return { year, week };
}

/** The number of the week that MySQL's `yearweek(date, 3)` calls so, such as 201822. The fourth of January is always in the first one. */
export function weekOfYearWeek(yearWeek: number): number {
  return weekOfDate(`${Math.floor(yearWeek / 100)}-01-04`) + (yearWeek % 100) - 1;
}

/** A week as `yearweek(date, 3)` has it. */
export function yearWeek(number: number): number {
  const { year, week } = isoWeek(number);
  return year * 100 + week;
}

/** A week as people write it: 2018-W22. */
export function weekName(number: number): string {
  const { year, week } = isoWeek(number);
  return `${year}-W${String(week).padStart(2, '0')}`;
}

function daysSince1970(date: string): number {
  return Math.round(Date.parse(`${date}T00:00:00Z`) / day);
}
