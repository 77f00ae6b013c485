import { ask, askLimits, type AskLimits } from '../../../connectors/http/ask.js';
import { httpAddress } from '../../../connectors/http/http-address.js';
import { HttpError } from '../../../connectors/http/http-error.js';
import { inTemporaryFolder } from '../../../connectors/temporary-folder.js';
import type { AnswersResult, ExtractInput, UnansweredDay } from '../../../contracts/activities/extract.js';
import { sideBySide } from '../../../contracts/side-by-side.js';
import { checkAnswer } from '../../../engine/extract/check-answer.js';
import { addressOf, daysToAsk, lateDays, seriesOf, type HttpExtract, type RequestSeries } from '../../../engine/extract/requests.js';
import type { ObjectStore } from '../../../engine/object-store.js';
import { StrataError } from '../../../engine/strata-error.js';
import type { Warehouse } from '../../../engine/warehouse.js';
import { knownAnswers, noteAnswers } from '../../../gear/extracts/answers.js';
import { findExtract, type ExtractRef } from '../../../gear/extracts/extract-state.js';
import type { ActivityScope } from '../../run-activity.js';
import { answersIn, keepAnswer, readAnswer } from './keep-answer.js';
import { Pace, patience, type Patience } from './pace.js';

export interface AnswersWork {
  readonly warehouse: Warehouse;
  readonly lake: ObjectStore;
  readonly definition: HttpExtract;
  readonly source: { readonly url: string; readonly token?: string | undefined };
  readonly now?: () => Date;
  readonly limits?: AskLimits;
  readonly patience?: Patience;
  /** Tests stop it there. */
  readonly step?: ((name: string) => Promise<void>) | undefined;
}

type Scope = Pick<ActivityScope, 'signal' | 'report' | 'attempt'>;

/** Requests at a time. */
const atOnce = 4;
/** After so many days in a row without a good answer the rest waits for the next run: something is wrong with all of them. */
const mostFailures = 20;
/** While a server can't be asked at all, so many attempts of the activity wait for it; later ones leave it to the next run. */
const attemptsToWait = 10;
/** Seconds: a server that wants to be left alone for longer is asked by the next run. */
const longestWait = 6 * 3_600;

/**
 * Asks for every day that is over and has no answer yet, the newest first, and keeps each answer for itself: whatever dies in between, what is
 * kept is not asked for again.
 * A day that gets no good answer stops no other one. Throws what no day could get past.
 */
export async function extractAnswers(work: AnswersWork, input: ExtractInput, scope: Scope): Promise<AnswersResult> {
  const { warehouse, definition, now = () => new Date() } = work;
  const base = httpAddress(work.source.url, definition.setting);
  const extract = await findExtract(warehouse, input.pipeline, input.extract);
  await followAnswers(work, extract, scope.signal);
  const known = await knownAnswers(warehouse, extract);
  const series = seriesOf(definition);
  const hasAnswers = [...known.values()].some((days) => [...days.values()].some(({ kept }) => kept));
  const wanted = series
    .flatMap((each) => {
      const isPassed = spanOf(known.get(each.name));
      return daysToAsk(definition, known.get(each.name) ?? new Map(), now(), { hasAnswers, full: input.full }).map((day) => ({
        series: each,
        day,
        wasPassed: isPassed(day),
      }));
    })
    // Old days that get no good answer must not keep the new ones waiting, nor those that a run which died did not come to.
    .sort((a, b) => Number(a.wasPassed) - Number(b.wasPassed) || (a.day < b.day ? 1 : a.day > b.day ? -1 : 0));
  const bounds = work.patience ?? patience;
  const tally = new Tally(wanted.length, bounds);
  const pace = new Pace(bounds);
  await inTemporaryFolder('answers', (folder) =>
    sideBySide(wanted, atOnce, async ({ series: each, day }) => {
      if (tally.isHopeless) return tally.skip();
      scope.report({ phase: 'extract', subject: each.name, message: `asking for ${each.name} of ${day}`, rows: tally.done });
      const asked = { work, extract, base, folder, series: each, day };
      try {
        tally.answered(await oneDay(asked, pace, now, scope.signal), day);
      } catch (error) {
        scope.signal.throwIfAborted();
        tally.failed(error, each.name, day);
      }
    }),
  );
  tally.end(scope.attempt);
  const days = new Set(wanted.map(({ day }) => day)).size;
  if (tally.isAllNone && days > lateDays) throw nothingThere(definition, days);
  scope.report({ phase: 'extract', subject: definition.name, message: `${tally.done} days are answered`, rows: tally.done, done: true });
  return tally.result;
}

/** From the first to the last day with an answer: a run has asked for all days between them. */
function spanOf(answered: ReadonlyMap<string, unknown> | undefined): (day: string) => boolean {
  const days = [...(answered?.keys() ?? [])].sort();
  const [first = '', last = ''] = [days[0], days.at(-1)];
  return (day) => first < day && day < last;
}

/** Some days may have nothing; that none of many has anything is the mark of a wrong address. */
function nothingThere({ setting }: HttpExtract, days: number): StrataError {
  return new StrataError(
    'misconfigured',
    `the server has nothing for any of the ${days} days that were asked for. Check the path in the definition, and ${setting}. The next run asks for them again`,
  );
}

interface DayWork {
  readonly work: AnswersWork;
  readonly extract: ExtractRef;
  readonly base: URL;
  readonly folder: string;
  readonly series: RequestSeries;
  readonly day: string;
}

type DayOutcome = { readonly kind: 'none' } | { readonly kind: 'new' | 'same'; readonly ownDate: string | null };

async function oneDay(
  { work, extract, base, folder, series, day }: DayWork,
  pace: Pace,
  now: () => Date,
  signal: AbortSignal,
): Promise<DayOutcome> {
  const { warehouse, lake, definition, source, limits = askLimits, step = () => Promise.resolve() } = work;
  const what = `${series.name} of ${day}`;
  const address = addressOf(base, definition, series, day);
  const answer = await pace.ask(() => ask({ address, token: source.token, setting: definition.setting, what }, signal, limits), signal);
  const noted = { series: series.name, day, askedAt: now().toISOString() };
  if (answer.kind === 'none') {
    await noteAnswers(warehouse, extract, [{ ...noted, ownDate: null, object: null }]);
    return { kind: 'none' };
  }
  const checked = checkAnswer(answer.bytes, definition.answer);
  if (typeof checked === 'string') throw new HttpError('definition', `asking for ${what}: ${checked}`, 'request');
  await step(`before ${day}`);
  const { key, isNew } = await keepAnswer(lake, folder, { extract: definition.name, series: series.name, day }, answer.bytes, signal);
  await step(`after ${day}`);
  await noteAnswers(warehouse, extract, [{ ...noted, ownDate: checked.ownDate, object: { key, bytes: answer.bytes.length } }]);
  return { kind: isNew ? 'new' : 'same', ownDate: checked.ownDate };
}

/** A warehouse that knows of no answer takes over what the lake has. */
async function followAnswers({ warehouse, lake, definition }: AnswersWork, extract: ExtractRef, signal: AbortSignal): Promise<void> {
  if ((await knownAnswers(warehouse, extract)).size > 0) return;
  const found = await answersIn(lake, definition.name, signal);
  const noted = [];
  for (const { series, day, key, bytes, keptAt } of found) {
    const checked =
      definition.answer.date === undefined ? { ownDate: null } : checkAnswer(await readAnswer(lake, key, signal), definition.answer);
    if (typeof checked !== 'string') noted.push({ series, day, ownDate: checked.ownDate, askedAt: keptAt, object: { key, bytes } });
  }
  await noteAnswers(warehouse, extract, noted);
}

/** What became of the days. */
class Tally {
  private readonly counts = { kept: 0, same: 0, none: 0, otherDate: 0 };
  private readonly unanswered: UnansweredDay[] = [];
  /** What no request can get past, or not now. */
  private stop: HttpError | undefined;
  /** In a row. */
  private failures = 0;
  private skipped = 0;

  constructor(
    private readonly wanted: number,
    private readonly bounds: Patience,
  ) {}

  get done(): number {
    return this.counts.kept + this.counts.same + this.counts.none;
  }

  get isHopeless(): boolean {
    const isAway = this.stop !== undefined && (this.stop.reach === 'always' || this.isLong(this.stop));
    return isAway || this.failures >= mostFailures || (this.stop !== undefined && this.done === 0 && this.failures >= atOnce);
  }

  get isAllNone(): boolean {
    return this.counts.none === this.wanted;
  }

  skip(): void {
    this.skipped += 1;
  }

  private isLong({ waitSeconds = 0 }: HttpError): boolean {
    return waitSeconds * 1_000 > this.bounds.longest;
  }

  answered(outcome: DayOutcome, day: string): void {
    this.failures = 0;
    if (outcome.kind === 'none') this.counts.none += 1;
    else {
      this.counts[outcome.kind === 'new' ? 'kept' : 'same'] += 1;
      if (outcome.ownDate !== null && outcome.ownDate !== day) this.counts.otherDate += 1;
    }
  }

  /** Throws an error that no answer is to blame for. */
  failed(error: unknown, series: string, day: string): void {
    if (!(error instanceof HttpError)) throw error;
    this.failures += 1;
    // What the server wants of everybody counts more than what it said of one day.
    if (error.reach !== 'request' && (!this.stop || this.isLong(error) || error.reach === 'always')) this.stop = error;
    if (this.unanswered.length < mostFailures) this.unanswered.push({ series, day, why: error.message });
  }

  /** A server that answered nothing at all is waited for: throws what it said, unless that was waited for long enough. */
  end(attempt: number): void {
    const { stop } = this;
    if (!stop || (stop.reach === 'for now' && this.done > 0 && !this.isLong(stop))) return;
    if (stop.reach === 'always') throw stop;
    const wait = stop.waitSeconds ?? 0;
    if (attempt < attemptsToWait && wait <= longestWait)
      throw new StrataError(stop.type, stop.message, { cause: stop, ...(wait > 0 && { waitSeconds: wait }) });
  }

  get result(): AnswersResult {
    return { kind: 'answers', wanted: this.wanted, ...this.counts, unanswered: this.unanswered, skipped: this.skipped };
  }
}
