import { StrataError } from '../engine/strata-error.js';
import type { Statements } from '../engine/warehouse.js';
import { sideBySide } from '../contracts/side-by-side.js';

/** A mart or vault table, with the feeds whose changes it takes. */
export interface ChangeTaker {
  readonly target: string;
  readonly feeds: readonly string[];
  readonly checksum: Buffer;
}

export interface Behind {
  readonly targets: ReadonlySet<string>;
  /** Rows of the batches that at least one of them has not taken; a target to be built from nothing counts as endless. */
  readonly rows: number;
}

/** The targets that lack a committed batch of a feed, or were filled by other SQL than the present; three small queries in all. */
export async function targetsBehind(statements: Statements, pipeline: string, takers: readonly ChangeTaker[]): Promise<Behind> {
  const feeds = await statements.query<{ feed: string; batch_number: number | string }>(
    'select feed, batch_number from gear.feeds where pipeline = ?',
    [pipeline],
  );
  const marks = await statements.query<{ target: string; checksum: Buffer; feed: string | null; batch_number: number | string | null }>(
    `select m.target, m.checksum, w.feed, w.batch_number from gear.marts m
     left join gear.mart_watermarks w on w.target = m.target
     where m.pipeline = ?`,
    [pipeline],
  );
  const last = new Map(feeds.map(({ feed, batch_number }) => [feed, BigInt(batch_number)]));
  const held = new Map(marks.map(({ target, feed, batch_number }) => [`${target}/${feed}`, BigInt(batch_number ?? 0)]));
  const built = new Set(
    takers
      .filter(({ target, checksum }) => marks.some((mark) => mark.target === target && mark.checksum.equals(checksum)))
      .map(({ target }) => target),
  );
  const targets = new Set<string>();
  const lowest = new Map<string, bigint>();
  let endless = false;
  for (const { target, feeds: taken } of takers) {
    if (!built.has(target) || taken.some((feed) => !held.has(`${target}/${feed}`))) {
      targets.add(target);
      endless = true;
    }
    for (const feed of taken) {
      const batch = held.get(`${target}/${feed}`) ?? 0n;
      if (batch >= (last.get(feed) ?? 0n)) continue;
      targets.add(target);
      lowest.set(feed, batch < (lowest.get(feed) ?? batch) ? batch : (lowest.get(feed) ?? batch));
    }
  }
  return { targets, rows: endless ? Infinity : await rowsAfter(statements, pipeline, lowest) };
}

async function rowsAfter(statements: Statements, pipeline: string, batches: ReadonlyMap<string, bigint>): Promise<number> {
  if (batches.size === 0) return 0;
  const [row] = await statements.query<{ n: number | string | null }>(
    `select sum(rows_staged) as n from gear.batches
     where pipeline = ? and (${[...batches].map(() => 'feed = ? and batch_number > ?').join(' or ')})`,
    [pipeline, ...[...batches].flat()],
  );
  return Number(row?.n ?? 0);
}

/** More rows than this are computed by an activity for each target: seen one by one, spread over the workers. */
const fewRows = 5_000;
/** Milliseconds after which no further target is begun. */
const patience = 5_000;

export interface FewTargets {
  readonly signal: AbortSignal;
  /** Targets at once. */
  readonly atOnce: number;
}

/**
 * Does the work for those that are behind, in the order given and after those that they read, where it is little; returns those that are
 * left. What fails for any reason but a server that does not answer is left too, with those that read it: alone it fails, or is retried,
 * without holding up the others.
 */
export async function doFew<Taker extends { readonly target: string; readonly after?: readonly string[] }>(
  { targets, rows }: Behind,
  takers: readonly Taker[],
  { signal, atOnce }: FewTargets,
  work: (taker: Taker) => Promise<void>,
): Promise<Taker[]> {
  const began = Date.now();
  const due = takers.filter(({ target }) => targets.has(target));
  const left = new Set<Taker>();
  let failure: { readonly error: unknown } | undefined;
  await sideBySide(
    due,
    atOnce,
    async (taker) => {
      if (failure) return;
      const waits = [...left].some(({ target }) => taker.after?.includes(target));
      if (waits || rows > fewRows || Date.now() - began > patience) return void left.add(taker);
      try {
        await work(taker);
      } catch (error) {
        if (signal.aborted || (error instanceof StrataError && error.type === 'unavailable')) failure = { error };
        else left.add(taker);
      }
    },
    ({ after }) => due.filter(({ target }) => after?.includes(target)),
  );
  // Thrown when the others at work have ended too: nothing of this attempt runs beside the next one.
  if (failure) throw failure.error;
  return due.filter((taker) => left.has(taker));
}
