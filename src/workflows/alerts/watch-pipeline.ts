import type { WatchInput, WatchReport } from '../../contracts/alerts/incidents.js';
import { watching } from '../activity-profiles.js';
import { showRetries } from '../report/current-details.js';
import { finish } from '../report/failure-message.js';

/** One look for trouble: incidents begin and are over by its signals. It fails where something could not be looked at. */
export async function watchPipeline(input: WatchInput): Promise<WatchReport> {
  showRetries();
  return finish(await watching.watchPipeline(input));
}
