import type { Period } from '../contracts/activities/refs.js';
import { isDate } from '../contracts/dates/dates.js';
import { UsageError } from './usage-error.js';

export interface PeriodOptions {
  readonly date?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** The dates of `--date`, or of `--from` and `--to`; undefined where none is given. */
export function periodOf({ date, from, to }: PeriodOptions): Period | undefined {
  if (date !== undefined) {
    if (from !== undefined || to !== undefined) throw new UsageError('--date goes without --from and --to');
    return { from: date, to: date };
  }
  if (from === undefined && to === undefined) return undefined;
  if (from === undefined || to === undefined) throw new UsageError('--from and --to go together, as in --from 2026-01-01 --to 2026-01-31');
  if (from > to) throw new UsageError(`--from ${from} is later than --to ${to}`);
  return { from, to };
}

/** Parses a date of an option. */
export function dateOption(text: string): string {
  if (!isDate(text)) throw new UsageError(`${text} is not a date of the years 1000 to 9999. Write it as 2026-01-31`);
  return text;
}
