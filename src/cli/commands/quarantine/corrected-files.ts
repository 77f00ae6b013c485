import { feedObjects } from '../../../activities/pickup/feed-objects.js';
import type { Project } from '../../../config/load-project.js';
import { openStore } from '../../../connectors/open-store.js';
import { StoreError } from '../../../engine/object-store.js';
import type { QuarantinedLoad } from '../../../status/quarantined-rows.js';
import { pipelineOf } from '../../cli.js';

/** Whether a replay from that quarantine folder has a file to load. */
export async function hasFileToReplay(project: Project, load: QuarantinedLoad, from: string): Promise<boolean> {
  const { definition } = pipelineOf(project, load.pipeline);
  const feed = definition.feeds.find(({ name }) => name === load.feed);
  // The run says what is to be done about a feed that is gone.
  if (!feed) return true;
  const store = openStore(from, project.settings.environment);
  const listing = { kind: 'replay', neighbours: [], faulty: () => undefined, unsettled: true } as const;
  try {
    for await (const page of feedObjects(store, feed, definition, listing)) if (page.length > 0) return true;
  } catch (error) {
    // A folder is made when the first file is put into it. A bucket that is not there is a mistake.
    if (!(error instanceof StoreError && error.kind === 'no-such-bucket' && store.url.startsWith('file:'))) throw error;
  }
  return false;
}
