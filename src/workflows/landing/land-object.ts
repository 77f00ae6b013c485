import { isCancellation, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { LandPlan, LandResult } from '../../contracts/activities.js';
import type { LandInput, LandReport } from '../../contracts/workflows.js';
import { control, data, profiles } from '../activity-profiles.js';
import { showDetails, showRetries } from '../report/current-details.js';
import { asCode } from '../../contracts/report-tables.js';
import { failureMessage } from '../report/failure-message.js';
import { byteSize, counted, grouped } from '../../contracts/format-numbers.js';
import { keys } from '../../contracts/search-attributes.js';
import { sideBySide } from '../../contracts/side-by-side.js';

/** Milliseconds; a pickup gives landings up after a minute in which none ended. */
const lateAfter = 10_000;

/** Lands one version of one object in staging, then releases its source. */
export async function landObject(input: LandInput): Promise<LandReport> {
  showRetries();
  try {
    return await landAndRelease(input);
  } catch (error) {
    const { feed, loadId } = input;
    if (!isCancellation(error)) {
      showDetails(
        `load ${loadId} **failed**: ${failureMessage(error)}\n\n- its file: \`strata loads --feed ${feed}\`\n- the next pickup tries it again`,
      );
    }
    throw error;
  }
}

async function landAndRelease(input: LandInput): Promise<LandReport> {
  const { loadId } = input;
  const landed = await landWhole(input);
  upsertSearchAttributes([
    { key: keys.object, value: landed.object },
    { key: keys.outcome, value: landed.outcome },
  ]);
  showDetails(details(input, landed));
  if (landed.outcome === 'replaced' || landed.outcome === 'gone') return landed;
  // Moving a large source may take long, and may need a person: its rows wait for neither.
  const announced = isLate(input, landed);
  if (announced) await announce(input);
  const { source } = await data.releaseSource.executeWithOptions(
    { ...profiles.data, summary: `${asCode(landed.object)}: release the source` },
    [{ loadId }],
  );
  showDetails(`${details(input, landed)}\n- source: **${source}**`);
  if (!announced && isLate(input, landed)) await announce(input);
  return { ...landed, source };
}

/** A pickup ends without its slow landings, and can't announce them. */
function isLate({ announce: wanted }: LandInput, { outcome }: LandResult): boolean {
  return wanted === true && outcome === 'staged' && Date.now() - workflowInfo().startTime.getTime() >= lateAfter;
}

/** News that the pickup tells too do no harm. */
async function announce({ pipeline, feed }: LandInput): Promise<void> {
  await control.announceLanded.executeWithOptions({ ...profiles.control, summary: `${feed}: loads are staged` }, [{ pipeline, feed }]);
}

/** One activity, or for a large object one that divides it, one a range, and one that tells the result. */
async function landWhole(input: LandInput): Promise<LandResult> {
  const { feed, loadId, progress } = input;
  const summary = `${feed}: load ${loadId} to staging`;
  for (;;) {
    const landed = await data.landLoad.executeWithOptions({ ...profiles.data, summary }, [{ loadId, progress }]);
    if (landed.outcome !== 'planned') return landed;
    await landRanges(input, landed);
  }
}

async function landRanges({ feed, loadId, progress }: LandInput, { object, ranges, atOnce }: LandPlan): Promise<void> {
  let landed = 0;
  const tell = () => showDetails(`${asCode(object)} (load ${loadId}): ${landed} of ${ranges.length} ranges landed`);
  tell();
  await sideBySide(ranges, atOnce, async (range) => {
    const summary = `${feed}: load ${loadId} to staging, range ${range + 1}`;
    await data.landRange.executeWithOptions({ ...profiles.data, summary }, [{ loadId, range, progress }]);
    landed += 1;
    tell();
  });
}

function details({ loadId }: LandInput, landed: LandResult): string {
  const lines = [`${asCode(landed.object)} is **${landed.outcome}** (load ${loadId})`, '', `- ${byteSize(landed.bytes)} read`];
  switch (landed.outcome) {
    case 'staged':
      lines.push(`- ${counted(landed.rowsStaged, 'row')} staged, ${grouped(landed.rowsQuarantined)} in quarantine`);
      break;
    case 'refused':
      lines.push(
        `- the file was refused whole: ${landed.problem ?? 'its header is not that of the feed'}`,
        '- it goes to `quarantine/` in its store',
      );
      break;
    case 'replaced':
      lines.push('- another version took its place before it was read whole; no row of it stayed, the new version is a load of its own');
      break;
    case 'gone':
      lines.push('- the object was removed before it was read whole; no row of it stayed');
      break;
  }
  if (landed.rowsQuarantined > 0 || landed.outcome === 'refused') {
    lines.push(`- see why: \`strata quarantine list --load ${loadId}\``);
  }
  return lines.join('\n');
}
