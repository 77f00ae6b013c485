import { control, profiles } from '../activity-profiles.js';
import { noteFailure } from '../report/failure-message.js';

/** Deletes the changes that all marts and vault tables have taken in. */
export async function pruneChanges(pipeline: string, failures: string[]): Promise<void> {
  await noteFailure(failures, 'pruning changes', () =>
    control.pruneChanges.executeWithOptions({ ...profiles.data, summary: 'prune changes' }, [{ pipeline }]),
  );
}
