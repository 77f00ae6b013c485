import {
  landOutcomes,
  shownRefusals,
  type LandOutcome,
  type LandResult,
  type Refusal,
  type BundleResult,
} from '../../contracts/activities/landing.js';
import type { PickupCounts, PickupInput } from '../../contracts/workflows.js';
import { counted } from '../../contracts/format-numbers.js';

/** Failures kept in words. The counts say the rest. */
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

/** Counts with one landing more; one that found nothing to do counts for the pickup that did it. */
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

/** Counts with what a bundle landed. */
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

/** What `StrataOutcome` says of a pickup for the files of its bundles: the gravest that is not simply staged. */
export function bundleOutcome(bundle: BundleResult): LandOutcome | undefined {
  return (['refused', 'gone', 'replaced'] as const).find((outcome) => bundle[outcome] > 0);
}

/** Counts with one failed landing more. */
export function withFailure(counts: PickupCounts, message: string): PickupCounts {
  return {
    ...counts,
    failed: counts.failed + 1,
    failures: counts.failures.length < kept ? [...counts.failures, message] : counts.failures,
  };
}

/** Why a pickup's end is no good one though each landing ended: nobody but Strata takes files out of a source, and nobody those of a backfill. */
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

/** The counts of pickups of a feed that each looked at other dates. */
export function sumOfParts(before: PickupCounts | undefined, last: PickupCounts): PickupCounts {
  const sum = sumOfPickups(before, last);
  if (!before) return sum;
  const files = (before.leftAlone?.files ?? 0) + (last.leftAlone?.files ?? 0);
  const first = [...(before.leftAlone?.first ?? []), ...(last.leftAlone?.first ?? [])].slice(0, shownRefusals);
  return { ...sum, found: before.found + last.found, leftAlone: files > 0 ? { files, first } : undefined };
}

/** The counts of several pickups of a feed; what was found and what still runs is that of the last one. */
export function sumOfPickups(
  before: PickupCounts | undefined,
  { found, before: loadedBefore, pending, leftAlone, ...last }: PickupCounts,
): PickupCounts {
  const sum = before ?? noCounts;
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
    failures: [...sum.failures, ...last.failures].slice(0, kept),
  };
}
