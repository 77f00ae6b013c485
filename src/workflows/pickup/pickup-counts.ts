import {
  landOutcomes,
  shownRefusals,
  type LandOutcome,
  type LandResult,
  type Refusal,
  type BundleResult,
} from '../../contracts/activities/landing.js';
import type { ListedFiles } from '../../contracts/activities/pickup.js';
import type { PickupCounts, PickupInput } from '../../contracts/workflows.js';
import { counted, grouped } from '../../contracts/format-numbers.js';

/** Failures whose messages are kept. The others are only counted. */
const kept = 5;

export const noCounts: PickupCounts = {
  found: 0,
  before: 0,
  claimed: 0,
  staged: 0,
  refused: 0,
  replaced: 0,
  gone: 0,
  failed: 0,
  pending: 0,
  others: 0,
  rows: 0,
  quarantined: 0,
  bytes: 0,
  failures: [],
};

/** The counts with one more landing. A landing that found nothing to do counts for the pickup that did the work. */
export function withLanding(counts: PickupCounts, loadId: number, landed: LandResult): PickupCounts {
  if (landed.earlier) return counts;
  const { object, problem } = landed;
  return {
    ...counts,
    [landed.outcome]: counts[landed.outcome] + 1,
    rows: counts.rows + landed.rowsStaged,
    quarantined: counts.quarantined + landed.rowsQuarantined,
    bytes: counts.bytes + landed.bytes,
    ...firstRefusals(counts, problem === undefined ? {} : { refusals: [{ loadId, object, problem }] }),
  };
}

/** The counts with the landings of a bundle. */
export function withBundle(counts: PickupCounts, bundle: BundleResult): PickupCounts {
  return {
    ...counts,
    ...Object.fromEntries(landOutcomes.map((outcome) => [outcome, counts[outcome] + bundle[outcome]])),
    rows: counts.rows + bundle.rowsStaged,
    quarantined: counts.quarantined + bundle.rowsQuarantined,
    bytes: counts.bytes + bundle.bytes,
    ...firstRefusals(counts, bundle),
  };
}

function firstRefusals(...parts: readonly { readonly refusals?: readonly Refusal[] | undefined }[]): Pick<PickupCounts, 'refusals'> {
  const refusals = parts.flatMap((part) => part.refusals ?? []).slice(0, shownRefusals);
  return refusals.length === 0 ? {} : { refusals };
}

/** The `StrataOutcome` of a pickup, for the files of its bundles: the worst outcome other than staged. Undefined if all are staged. */
export function bundleOutcome(bundle: BundleResult): LandOutcome | undefined {
  return (['refused', 'gone', 'replaced'] as const).find((outcome) => bundle[outcome] > 0);
}

/** The counts with one more failed landing. */
export function withFailure(counts: PickupCounts, message: string): PickupCounts {
  return {
    ...counts,
    failed: counts.failed + 1,
    failures: counts.failures.length < kept ? [...counts.failures, message] : counts.failures,
  };
}

/**
 * Why a pickup fails although all its landings ended: files vanished or were replaced, and only Strata may take files out of its source.
 */
export function missingFiles({ feed, source }: PickupInput, { gone, replaced }: PickupCounts): string | undefined {
  const isFeed = source.kind === 'feed';
  const missing = isFeed ? gone : gone + replaced;
  if (missing === 0) return undefined;
  const what = !isFeed && replaced > 0 ? `${counted(missing, 'file')} vanished or were replaced` : `${counted(missing, 'file')} vanished`;
  const next = isFeed
    ? 'Only Strata may take files out of its source. Files that come back are picked up'
    : 'When the files are there again, run the backfill again';
  return `${feed}: ${what} before being read, so no row of them is loaded. ${next}. To see which they are, run: strata loads --feed ${feed} --state gone`;
}

/**
 * Why a backfill or a run for some dates is not complete: files may still be being written, and no other pickup may ever look for them.
 * A run of everything leaves them to the next pickup.
 */
export function waitingFiles({ feed, source }: PickupInput, { leftAlone }: PickupCounts): string | undefined {
  const waiting = leftAlone?.waiting ?? 0;
  if (waiting === 0 || (source.kind === 'feed' && source.partitions === undefined)) return undefined;
  return `${feed}: ${counted(waiting, 'file')} may still be being written, so no row of ${waiting === 1 ? 'it' : 'them'} is loaded. To load ${waiting === 1 ? 'it' : 'them'}, give the same command again`;
}

/**
 * Why a run for some dates, or of an initial load, is not complete: files are there that can't be loaded. Other runs only list them. Feeds
 * that can't be loaded for the same reason, such as a folder that can't be read, share a sentence.
 */
export function blockedFiles(pickups: Readonly<Record<string, PickupCounts>>): readonly string[] {
  const byExample = new Map<string, { readonly feeds: string[]; readonly files: number[] }>();
  for (const [feed, { leftAlone }] of Object.entries(pickups)) {
    if (!leftAlone?.blocked) continue;
    const { files, example } = leftAlone.blocked;
    const of = byExample.get(example) ?? { feeds: [], files: [] };
    byExample.set(example, of);
    of.feeds.push(feed);
    of.files.push(files);
  }
  return [...byExample].map(([example, { feeds, files }]) => {
    const [least, most] = [Math.min(...files), Math.max(...files)];
    const count = least === most ? counted(most, 'file') : `${grouped(least)} to ${counted(most, 'file')} of each`;
    const such = most === 1 ? 'is not loaded:' : 'are not loaded, such as';
    return `${feeds.join(', ')}: ${count} ${such} ${example}. Then give the same command again`;
  });
}

/** The sum of the counts of a feed's pickups for different dates. */
export function sumOfParts(before: PickupCounts | undefined, last: PickupCounts): PickupCounts {
  const sum = sumOfPickups(before, last);
  if (!before) return sum;
  const files = sumOfFiles(before.leftAlone, last.leftAlone);
  const waiting = (before.leftAlone?.waiting ?? 0) + (last.leftAlone?.waiting ?? 0);
  return { ...sum, found: before.found + last.found, leftAlone: files && { ...files, waiting } };
}

/** Two lists of files as one; undefined where both are empty. */
export function sumOfFiles(before: ListedFiles | undefined, last: ListedFiles | undefined): ListedFiles | undefined {
  if (!before || !last) return before ?? last;
  return { files: before.files + last.files, first: [...before.first, ...last.first].slice(0, shownRefusals) };
}

/** The sum of the counts of several pickups of a feed. Found files and running landings are those of the last pickup. */
export function sumOfPickups(
  before: PickupCounts | undefined,
  { found, before: loadedBefore, pending, leftAlone, ...last }: PickupCounts,
): PickupCounts {
  const sum = before ?? noCounts;
  const future = sumOfFiles(sum.future, last.future);
  return {
    found,
    before: loadedBefore,
    pending,
    claimed: sum.claimed + last.claimed,
    staged: sum.staged + last.staged,
    refused: sum.refused + last.refused,
    replaced: sum.replaced + last.replaced,
    gone: sum.gone + last.gone,
    failed: sum.failed + last.failed,
    others: sum.others + last.others,
    rows: sum.rows + last.rows,
    quarantined: sum.quarantined + last.quarantined,
    bytes: sum.bytes + last.bytes,
    ...firstRefusals(sum, last),
    leftAlone,
    ...(future && { future }),
    failures: [...sum.failures, ...last.failures].slice(0, kept),
  };
}
