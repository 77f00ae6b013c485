import { isCancellation, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { LandOutcome, LandPlan, LandResult, RangeRef, RangeResult } from '../../contracts/activities.js';
import type { LandInput } from '../../contracts/workflows.js';
import { control, data, profiles } from '../activity-profiles.js';
import { showDetails, showRetries } from '../report/current-details.js';
import { asCode } from '../../contracts/report-tables.js';
import { failureMessage } from '../report/failure-message.js';
import { byteSize, counted, grouped } from '../../contracts/format-numbers.js';
import { landInRanges } from '../../contracts/land-in-ranges.js';
import { keys } from '../../contracts/search-attributes.js';

/** Milliseconds; a pickup gives landings up after a minute in which none ended. */
const lateAfter = 10_000;

/** Lands one version of one object in staging, then releases its source. */
export async function landObject(input: LandInput): Promise<LandResult> {
  showRetries();
  try {
    return await landAndSettle(input);
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

async function landAndSettle(input: LandInput): Promise<LandResult> {
  const { feed, loadId, progress } = input;
  const { outcome, object, earlier } = await landInRanges({
    plan: () => data.planLanding.executeWithOptions({ ...profiles.data, summary: `${feed}: plan load ${loadId}` }, [{ loadId, progress }]),
    land: rangesOf(input),
  });
  upsertSearchAttributes([
    { key: keys.object, value: object },
    { key: keys.outcome, value: outcome },
  ]);
  showDetails(`${asCode(object)} is **${outcome}** (load ${loadId})`);
  // Moving a large source may take long, and may need a person: its rows wait for neither.
  const signaled = isLate(input, outcome);
  if (signaled) await signalStagedLoads(input);
  const landed = await data.settleLanding.executeWithOptions(
    { ...profiles.data, summary: `${asCode(object)}: count it and release the source` },
    [{ loadId, earlier, progress }],
  );
  showDetails(details(input, landed));
  if (!signaled && isLate(input, outcome)) await signalStagedLoads(input);
  return landed;
}

/** A pickup ends without its slow landings, and can't signal their loads. */
function isLate({ signalsWhenLate }: LandInput, outcome: LandOutcome): boolean {
  return signalsWhenLate === true && outcome === 'staged' && Date.now() - workflowInfo().startTime.getTime() >= lateAfter;
}

/** A signal that the pickup sends too does no harm. */
async function signalStagedLoads({ pipeline, feed }: LandInput): Promise<void> {
  await control.signalStagedLoads.executeWithOptions({ ...profiles.control, summary: `${feed}: loads are staged` }, [{ pipeline, feed }]);
}

/** Lands the ranges of a plan, and shows how many of them have landed. */
function rangesOf({ feed, loadId, progress }: LandInput): (range: RangeRef, plan: LandPlan) => Promise<RangeResult> {
  let current: LandPlan | undefined;
  let landed = 0;
  return async (range, plan) => {
    if (plan !== current) [current, landed] = [plan, 0];
    const show = () => {
      if (range !== 'open') showDetails(`${asCode(plan.object)} (load ${loadId}): ${landed} of ${plan.ranges.length} ranges landed`);
    };
    show();
    const summary = `${feed}: load ${loadId} to staging${range === 'open' ? '' : `, range ${range + 1}`}`;
    const result = await data.landRange.executeWithOptions({ ...profiles.data, summary }, [{ loadId, range, progress }]);
    landed += 1;
    show();
    return result;
  };
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
  if (landed.outcome === 'staged' || landed.outcome === 'refused') lines.push(`- source: **${landed.source}**`);
  return lines.join('\n');
}
