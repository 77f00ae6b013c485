import type { Client } from '@temporalio/client';
import type { Trouble } from '../../contracts/alerts/incidents.js';
import { counted } from '../../contracts/format-numbers.js';
import { failedLandings, failedWork, reasonsOf, type FailedLanding } from '../../connectors/temporal/incidents/failed-work.js';
import type { Statements } from '../../engine/warehouse.js';
import { stillClaimed } from '../../gear/troubles/open-loads.js';

const kind = 'failed';

/** Runs that ended badly and have not ended well since. Where `leftOut` is told too, one that only left tables out is not told as failed. */
export async function findFailedRuns(client: Client, pipeline: string, { leftOut }: { readonly leftOut: boolean }): Promise<Trouble[]> {
  const failed = (await failedWork(client, pipeline)).filter(({ isOnlyLeftOut }) => !(leftOut && isOnlyLeftOut));
  return failed.map(({ name, type, workflowId, runId, ended, feed, reasons }) => ({
    ...{ pipeline, kind, subject: name, feed, workflowType: type, cause: runId },
    summary: `${workflowId} failed`,
    details: reasons,
    commands: [`strata why ${workflowId}`, `strata status ${pipeline}`],
    at: ended.toISOString(),
  }));
}

/** What the subjects of failed landings begin with: a feed has one for all of its files. */
const landings = 'landing/';

/** Landings that ended badly and whose files still wait. */
export async function findFailedLandings(client: Client, warehouse: Statements, pipeline: string): Promise<Trouble[]> {
  const failed = await failedLandings(client, pipeline);
  const waiting = await stillClaimed(
    warehouse,
    failed.map(({ loadId }) => loadId),
  );
  const byFeed = new Map<string, FailedLanding[]>();
  for (const each of failed) if (waiting.has(each.loadId)) byFeed.set(each.feed, [...(byFeed.get(each.feed) ?? []), each]);
  return Promise.all(
    [...byFeed].map(async ([feed, loads]): Promise<Trouble> => {
      const last = loads[0]!;
      return {
        ...{ pipeline, kind, subject: `${landings}${feed}`, feed, cause: String(Math.max(...loads.map(({ loadId }) => loadId))) },
        summary: `${counted(loads.length, 'file')} of ${feed} can't be landed`,
        details: await reasonsOf(client, last),
        commands: [`strata why ${last.workflowId}`, `strata loads --feed ${feed} --state claimed`],
        at: last.ended.toISOString(),
      };
    }),
  );
}

export function isOfLanding({ subject }: Pick<Trouble, 'subject'>): boolean {
  return subject.startsWith(landings);
}
