import { condition, continueAsNew, defineSignal, setHandler, workflowInfo } from '@temporalio/workflow';
import { arrivalSignals } from '../../contracts/names.js';
import type { Arrival, ArrivalsInput, RunReport } from '../../contracts/workflows.js';
import { ArrivalLanes } from './arrival-lanes.js';
import { showRetries } from '../report/current-details.js';
import { finish } from '../report/failure-message.js';

const arrived = defineSignal<[Arrival]>(arrivalSignals.arrived);
const landed = defineSignal<[Arrival]>(arrivalSignals.landed);
/** A pickup that has not ended by then goes on by itself and announces what it stages. */
const patienceWithPickups = '1 minute';

/**
 * Takes what arrives to bus at once: pickup, processing and marts each do all that has come up while they were busy, so that an idle
 * system answers one file at once and a busy one works in batches. It ends when nothing is left to do; a signal that comes in that
 * moment keeps it going or starts it again. What failed is in its report, and is left to the schedules and the next arrival.
 */
export async function followArrivals({ pipeline, carried }: ArrivalsInput): Promise<RunReport> {
  showRetries();
  const lanes = new ArrivalLanes(pipeline, carried);
  setHandler(arrived, ({ feeds }) => lanes.arrived(feeds));
  setHandler(landed, ({ feeds }) => lanes.landed(feeds));

  await condition(() => lanes.isIdle || lanes.isBroken || workflowInfo().continueAsNewSuggested);
  lanes.throwIfBroken();
  if (!lanes.isIdle) {
    lanes.takeNoMore();
    await condition(() => lanes.isQuiet, patienceWithPickups);
    await condition(() => lanes.isQuietButForPickups);
    lanes.throwIfBroken();
    await continueAsNew<typeof followArrivals>({ pipeline, carried: lanes.carried });
  }
  return finish(lanes.report);
}
