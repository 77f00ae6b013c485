import { condition, defineSignal, setHandler, workflowInfo } from '@temporalio/workflow';
import { arrivalSignals } from '../../contracts/names.js';
import type { Arrival, ArrivalsInput, RunReport } from '../../contracts/workflows.js';
import { ArrivalLanes } from './arrival-lanes.js';
import { showRetries } from '../report/current-details.js';
import { finish } from '../report/failure-message.js';
import { hostStream } from '../report/progress.js';

const arrived = defineSignal<[Arrival]>(arrivalSignals.arrived);
const landed = defineSignal<[Arrival]>(arrivalSignals.landed);
/**
 * How long `followArrivals` waits for pickups before it continues as new. A pickup that takes longer goes on, and signals the loads that it
 * stages.
 */
const patienceWithPickups = '1 minute';

/**
 * Loads new files and refreshes marts at once. Pickup, processing and marts each do all the work that came up while they were busy. So an
 * idle system handles one file at once, and a busy one works in batches. It ends when nothing is left to do. A signal that comes in that
 * moment keeps it going or starts it again. Failures are in its report, and the schedules and the next arrival do the work.
 */
export async function followArrivals({ pipeline, carried }: ArrivalsInput): Promise<RunReport> {
  showRetries();
  const { publish, close, continueAs } = hostStream(carried?.stream);
  const lanes = new ArrivalLanes(pipeline, publish, carried);
  setHandler(arrived, ({ feeds }) => lanes.arrived(feeds));
  setHandler(landed, ({ feeds }) => lanes.landed(feeds));

  await condition(() => lanes.isIdle || lanes.isBroken || workflowInfo().continueAsNewSuggested);
  lanes.throwIfBroken();
  if (!lanes.isIdle) {
    lanes.takeNoMore();
    await condition(() => lanes.isQuiet, patienceWithPickups);
    await condition(() => lanes.isQuietButForPickups);
    lanes.throwIfBroken();
    await continueAs<typeof followArrivals>((stream) => [{ pipeline, carried: { ...lanes.carried, stream } }]);
  }
  // Waits for no signal: those who watch are answered by this very task.
  await close();
  return finish(lanes.report);
}
