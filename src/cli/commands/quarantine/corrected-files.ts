import { feedObjects } from '../../../activities/pickup/feed-objects.js';
import type { Project } from '../../../config/load-project.js';
import { openStore } from '../../../connectors/open-store.js';
import { quarantineFolderOf } from '../../../engine/folders/quarantine-folder.js';
import { StoreError } from '../../../engine/object-store.js';
import type { QuarantinedLoad } from '../../../status/quarantined-rows.js';
import { pipelineOf } from '../../cli.js';
import { UsageError } from '../../usage-error.js';

/** Throws a usage error, which names the folder, where a replay of that load has no file to load. */
export async function refuseWithoutFile(project: Project, loadId: number, load: QuarantinedLoad): Promise<void> {
  const folder = quarantineFolderOf({ loadId, identity: load.identity });
  const from = load.storeUrl + folder;
  if (await hasFile(project, load, from)) return;
  throw new UsageError(
    `there is no file of ${load.feed} in ${from}. Put the corrected file into ${folder} of the source, under a new name that the feed matches, and give the same command again`,
  );
}

async function hasFile(project: Project, load: QuarantinedLoad, from: string): Promise<boolean> {
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
