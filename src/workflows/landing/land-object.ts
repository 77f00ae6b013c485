import { isCancellation, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { LandedCounts, LandOutcome, LandPlan, LandResult, RangeRef, RangeResult } from '../../contracts/activities/landing.js';
import type { LandInput } from '../../contracts/workflows.js';
import { control, data, profiles } from '../activity-profiles.js';
import { showDetails, showRetries } from '../report/current-details.js';
import { asCode } from '../../contracts/report-tables.js';
import { failureMessage } from '../report/failure-message.js';
import { byteSize, counted, grouped } from '../../contracts/format-numbers.js';
import { landInRanges } from '../../contracts/land-in-ranges.js';
import { keys } from '../../contracts/search-attributes.js';
import { hostStream } from '../report/progress.js';

/** Milliseconds after which a landing is late. A pickup stops waiting after a minute in which no landing ended. */
const lateAfter = 10_000;

/** Lands one version of one object in staging, then releases the object. */
export async function landObject(input: LandInput): Promise<LandResult> {
  showRetries();
  // Where no run waits for it, whoever watches asks the landing itself.
  const hosted = input.progress ? undefined : hostStream();
  try {
    const landed = await landAndSettle({ ...input, progress: input.progress ?? { workflowId: workflowInfo().workflowId } });
    const { object: subject, rowsStaged: rows, bytes, outcome } = landed;
    hosted?.publish({ phase: 'landing', feed: input.feed, subject, message: `${subject}: ${outcome}`, rows, bytes, done: true });
    await hosted?.close();
    return landed;
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
  const { feed, loadId, since, progress } = input;
  const {
    outcome,
    object,
    landed: counts,
    earlier,
  } = await landInRanges({
    plan: () =>
      data.planLanding.executeWithOptions({ ...profiles.data, summary: `${feed}: plan load ${loadId}` }, [{ loadId, since, progress }]),
    land: rangesOf(input),
  });
  upsertSearchAttributes([
    { key: keys.object, value: object },
    { key: keys.outcome, value: outcome },
  ]);
  showDetails(details(input, { outcome, object, ...counts }));
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

/** Whether the pickup may have ended without this landing, so that it can't signal the load. */
function isLate({ signalsWhenLate }: LandInput, outcome: LandOutcome): boolean {
  return signalsWhenLate === true && outcome === 'staged' && Date.now() - workflowInfo().startTime.getTime() >= lateAfter;
}

/** Sends the signal of the pickup. It does no harm if the pickup sends it too. */
async function signalStagedLoads({ pipeline, feed }: LandInput): Promise<void> {
  await control.signalStagedLoads.executeWithOptions({ ...profiles.control, summary: `${feed}: loads are staged` }, [{ pipeline, feed }]);
}

/** Lands one range of a plan, and shows how many ranges have landed. */
function rangesOf({ feed, loadId, progress }: LandInput): (range: RangeRef, plan: LandPlan) => Promise<RangeResult> {
  let current: LandPlan | undefined;
  let ended = 0;
  let committed: LandedCounts | undefined;
  return async (range, plan) => {
    if (plan !== current) [current, ended, committed] = [plan, 0, plan.landed];
    const show = () => {
      const heading = `${asCode(plan.object)} (load ${loadId}): ${ended} of ${plan.ranges.length} ranges landed`;
      if (range !== 'open') showDetails([heading, '', ...countLines(committed ?? plan.landed)].join('\n'));
    };
    show();
    const summary = `${feed}: load ${loadId} to staging${range === 'open' ? '' : `, range ${range + 1}`}`;
    const result = await data.landRange.executeWithOptions({ ...profiles.data, summary }, [{ loadId, range, progress }]);
    ended += 1;
    // Ranges end in another order than they commit.
    if (result.landed.bytes > (committed?.bytes ?? 0)) committed = result.landed;
    show();
    return result;
  };
}

/** Markdown about the landed file. `source` is added when the file has been released, which may take long. */
function details({ loadId }: LandInput, landed: Omit<LandResult, 'source'> & Partial<Pick<LandResult, 'source'>>): string {
  const { outcome, object, problem, source } = landed;
  const lines = [`${asCode(object)} is **${outcome}** (load ${loadId})`, ''];
  switch (outcome) {
    case 'staged':
      lines.push(...countLines(landed));
      break;
    case 'refused':
      lines.push(`- ${byteSize(landed.bytes)} read`);
      if (problem !== undefined) lines.push(`- no row of the file is loaded: ${problem}`);
      break;
    case 'replaced':
      lines.push(
        '- another version took its place before it was read whole',
        '- no row of it stayed, and the new version is a load of its own',
      );
      break;
    case 'gone':
      lines.push('- somebody removed the file before it was read whole', '- no row of it stayed');
      break;
  }
  if (landed.rowsQuarantined > 0 || outcome === 'refused') lines.push(`- to see why: \`strata quarantine list --load ${loadId}\``);
  if (outcome === 'staged' || outcome === 'refused') lines.push(`- source: ${source === undefined ? 'being released' : `**${source}**`}`);
  return lines.join('\n');
}

function countLines({ rowsStaged, rowsQuarantined, bytes }: LandedCounts): string[] {
  return [`- ${byteSize(bytes)} read`, `- ${counted(rowsStaged, 'row')} staged, ${grouped(rowsQuarantined)} in quarantine`];
}
