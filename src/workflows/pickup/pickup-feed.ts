import { continueAsNew, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { OpenLoads } from '../../contracts/activities/pickup.js';
import type { BundleResult } from '../../contracts/activities/landing.js';
import { endedFiles, type PickupCarried, type PickupCounts, type PickupInput } from '../../contracts/workflows.js';
import { control, data, profiles } from '../activity-profiles.js';
import { showDetails, showRetries } from '../report/current-details.js';
import { splitIntoBundles } from './split-into-bundles.js';
import { LandingWindow } from '../landing/landing-window.js';
import { refusalSection } from '../../contracts/report-tables.js';
import { lineMarkdown } from '../report/report-markdown.js';
import { byteSize, counted, grouped } from '../../contracts/format-numbers.js';
import { bundleOutcome, noCounts, sumOfFiles, withBundle, withFailure, withLanding } from './pickup-counts.js';
import { hostStream, publishTo } from '../report/progress.js';
import { keys } from '../../contracts/search-attributes.js';
import { StagedLoadsNotifier } from './staged-loads-notifier.js';

/** Landings at once. More than a worker's slots, because most of a landing's time is spent in Temporal. */
const defaultWindow = 40;
/** Open loads that are asked for at once. The history holds only their ids. */
const pageSize = 200;
const shortestInterval = 3_000;

/**
 * Claims the feed's new objects and lands every open load: each in a workflow of its own, or small ones in bundles if several wait. The
 * history stays small with any number of objects, because the workflow continues as new with its counts.
 */
export async function pickupFeed(input: PickupInput): Promise<PickupCounts> {
  showRetries();
  const { pipeline, feed, source, starter } = input;
  const progress = starter.kind === 'run' ? starter.progress : undefined;
  const hosted = progress ? undefined : hostStream(input.carried?.stream);
  const carried: PickupCarried = input.carried ?? { counts: noCounts, after: 0, pending: [], others: [], since: Date.now() };
  let { counts, after, listed } = carried;
  const of = () => ({ pipeline, feed, source: source.kind === 'feed' ? source : { ...source, since: listed } });
  let shownAt = carried.since;
  const faults = new Set<string>();

  const show = (force: boolean) => {
    showDetails(details(input, counts, window));
    notifier.see(counts.staged);
    if (!force && Date.now() - shownAt < Math.max(shortestInterval, (Date.now() - carried.since) / 100)) return;
    shownAt = Date.now();
    const items = endedFiles(counts);
    // Loads of earlier pickups are landed too.
    const totalItems = Math.max(counts.claimed, items + window.pending.length);
    const message = `${items} of ${counted(totalItems, 'file')} landed`;
    const event = { phase: 'landing', feed, message, rows: counts.rows, bytes: counts.bytes, items, totalItems } as const;
    if (progress) void publishTo(progress, event);
    // A single file has a landing that shows itself.
    else if (totalItems > 1) hosted?.publish(event);
  };
  const notifier = new StagedLoadsNotifier(input, carried);
  const window = new LandingWindow(
    () => ({ pipeline, feed, progress, since: listed, signalsWhenLate: starter.kind !== 'run' }),
    input.window ?? defaultWindow,
    carried,
    {
      ended: ({ loadId, result, failure }) => {
        if (failure) counts = withFailure(counts, `load ${loadId}: ${failure}`);
        else if (result) counts = withLanding(counts, loadId, result);
        show(false);
      },
      bundleEnded: (result) => {
        counts = withBundle(counts, result);
        markOutcome(result);
        show(false);
      },
    },
  );
  const continued = (): Promise<never> => {
    const next = () => ({ counts, after, pending: window.pending, others: window.others, since: carried.since, listed });
    if (!hosted) return continueAsNew<typeof pickupFeed>({ ...input, carried: next() });
    return hosted.continueAs<typeof pickupFeed>((stream) => [{ ...input, carried: { ...next(), stream } }]);
  };
  window.watchForStuck();
  try {
    for (let moreToClaim = true, pageFull = false; ;) {
      let open: OpenLoads | undefined;
      if (moreToClaim && !pageFull) {
        const claim = await data.claimObjects.executeWithOptions({ ...profiles.data, summary: `${feed}: list and claim objects` }, [
          { ...of(), patient: starter.kind === 'run', progress, open: { after, limit: pageSize } },
        ]);
        open = claim.open;
        listed ??= claim.began;
        const { found, before, leftAlone } = claim;
        const future = sumOfFiles(counts.future, claim.future);
        counts = { ...counts, found, before, claimed: counts.claimed + claim.claimed, leftAlone, ...(future && { future }) };
        for (const fault of claim.faults ?? []) {
          // Each claim of a pickup finds the same ones.
          if (!faults.has(fault)) counts = withFailure(counts, fault);
          faults.add(fault);
        }
        moreToClaim = claim.waiting > 0 && claim.claimed > 0;
        show(true);
      }
      open ??= await control.listOpenLoads.executeWithOptions({ ...profiles.control, summary: `${feed}: open loads after ${after}` }, [
        { ...of(), after, limit: pageSize },
      ]);
      for (const part of splitIntoBundles(open)) await (part.length === 1 ? window.start(part[0]!) : window.startBundle(part));
      after = open.loadIds.at(-1) ?? after;
      pageFull = open.loadIds.length === pageSize;
      if (!pageFull && !moreToClaim) break;
      if (workflowInfo().continueAsNewSuggested) {
        await window.drain();
        await notifier.end({ isContinued: true });
        await continued();
      }
    }
    await (starter.kind === 'run' ? window.settle() : window.drain());
    await notifier.end();
  } finally {
    window.stopWatching();
  }
  counts = { ...counts, pending: window.pending.length, others: window.others.length };
  show(true);
  await hosted?.close();
  return counts;
}

/** Sets the pickup's `StrataOutcome` for the files of a bundle, which have no workflow of their own. Refused outweighs other outcomes. */
function markOutcome(bundle: BundleResult): void {
  const outcome = bundleOutcome(bundle);
  const before = workflowInfo().typedSearchAttributes.get(keys.outcome);
  if (outcome === undefined || outcome === before || before === 'refused') return;
  upsertSearchAttributes([{ key: keys.outcome, value: outcome }]);
}

function details({ feed }: PickupInput, counts: PickupCounts, window: LandingWindow): string {
  const bundled = window.bundled.length;
  const inBundles =
    bundled > 0 ? `, ${grouped(bundled)} of them in bundles of small files. To see each, run \`strata loads --feed ${feed}\`` : '';
  const lines = [
    `**${feed}**: ${counted(counts.found, 'file')} in the source, ${grouped(counts.claimed)} of them new`,
    '',
    `- staged ${grouped(counts.staged)}, refused ${grouped(counts.refused)}, replaced ${grouped(counts.replaced)}, gone ${grouped(counts.gone)}`,
    `- ${counted(counts.rows, 'row')}, ${byteSize(counts.bytes)}`,
    `- ${counted(window.pending.length, 'file is', 'files are')} being landed now${inBundles}`,
  ];
  if (counts.quarantined > 0 || counts.refused > 0) {
    lines.push(
      `- ${counted(counts.quarantined, 'row')} and ${counted(counts.refused, 'file')} in quarantine: \`strata quarantine list --feed ${feed}\``,
    );
  }
  lines.push(...refusalSection({ [feed]: counts }).lines.map((line) => `  ${lineMarkdown(line)}`));
  if (counts.failed > 0)
    lines.push(
      `- **${grouped(counts.failed)} failed**, and the next pickup tries them again:`,
      ...counts.failures.map((line) => `  - ${line}`),
    );
  return lines.join('\n');
}
