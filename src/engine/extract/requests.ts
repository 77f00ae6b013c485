import { addDays, datesOf, dateOf } from '../../contracts/dates/dates.js';
import type { httpExtractSchema } from '../definition/schema/http-extract.js';
import type { Definition } from '../definition/schema/parts.js';

export type HttpExtract = Definition<typeof httpExtractSchema>;

/** What is asked for, a day after the other. */
export interface RequestSeries {
  /** Part of the keys of its answers. */
  readonly name: string;
  readonly values: Readonly<Record<string, string>>;
}

/** What is known of a day that was asked for. */
export interface KnownAnswer {
  /** The day that the answer names. Null if it names none, or if there was no answer. */
  readonly ownDate: string | null;
  /** The day on which it was asked for last, UTC. */
  readonly askedOn: string;
  /** There is an answer in the lake. */
  readonly kept: boolean;
}

/** One for each combination of values; names are theirs, in the order of the definition. */
export function seriesOf({ values = {} }: Pick<HttpExtract, 'values'>): RequestSeries[] {
  let all: Record<string, string>[] = [{}];
  for (const [name, some] of Object.entries(values)) all = all.flatMap((each) => some.map((value) => ({ ...each, [name]: value })));
  return all.map((each) => ({ name: Object.values(each).join('-') || 'answer', values: each }));
}

/** A day that has no answer of its own for so long gets none any more. */
export const lateDays = 7;

/**
 * The days that are over and whose answers are still to be had, the oldest first; with `full` every one. A day of which the server had nothing
 * is given up only where the extract `hasAnswers`: a server that never answered may have been asked at a wrong address.
 */
export function daysToAsk(
  { since, answer }: Pick<HttpExtract, 'since' | 'answer'>,
  known: ReadonlyMap<string, KnownAnswer>,
  now: Date,
  { hasAnswers, full = false }: { readonly hasAnswers: boolean; readonly full?: boolean | undefined },
): string[] {
  const to = addDays(dateOf(now), -1);
  if (to < since) return [];
  return datesOf({ from: since, to }).filter((day) => {
    const last = known.get(day);
    return full || last === undefined || !isSettled(day, last, answer.date !== undefined, hasAnswers);
  });
}

function isSettled(day: string, { ownDate, askedOn, kept }: KnownAnswer, tellsDate: boolean, hasAnswers: boolean): boolean {
  return (kept && (!tellsDate || ownDate === day)) || (hasAnswers && askedOn >= addDays(day, lateDays));
}

/** The address of a request, which may hold secrets. The path's query comes before the address's own. */
export function addressOf(base: URL, { path }: Pick<HttpExtract, 'path'>, { values }: RequestSeries, day: string): URL {
  const filled = path.replace(/\{([^{}]+)\}/g, (_all, name: string) => encodeURIComponent(name === 'date' ? day : (values[name] ?? '')));
  const [below = '', query = ''] = filled.split('?');
  const address = new URL(base);
  address.pathname = base.pathname.replace(/\/+$/, '') + below;
  address.search = [query, base.search.slice(1)].filter((part) => part !== '').join('&');
  address.hash = '';
  return address;
}

/** The folder of a day's answers below the lake's address. */
export function answerFolder(extract: string, day: string): string {
  return `${extract}/${day.replaceAll('-', '/')}/`;
}

export function answerKey(extract: string, day: string, series: string, part: number): string {
  return `${answerFolder(extract, day)}${series}-${String(part).padStart(5, '0')}.json`;
}

/** The parts of the key of an answer. Undefined if the key does not belong to the extract. */
export function answerOfKey(
  extract: string,
  key: string,
): { readonly day: string; readonly series: string; readonly part: number } | undefined {
  if (!key.startsWith(`${extract}/`)) return undefined;
  const [, year, month, date, series, part] =
    /^(\d{4})\/(\d{2})\/(\d{2})\/([^/]+)-(\d{5})\.json$/.exec(key.slice(extract.length + 1)) ?? [];
  return series === undefined ? undefined : { day: `${year}-${month}-${date}`, series, part: Number(part) };
}
