import { counted } from '../../contracts/format-numbers.js';
import type { Receiver, Trouble } from '../../contracts/alerts/incidents.js';
import { startNotice } from '../../connectors/temporal/incidents/incidents.js';
import type { ChangeConsumer } from '../../engine/change-consumer.js';
import { groupOf } from '../../engine/entities/feed-groups.js';
import { beginTelling, endTelling, loadedFiles, type LoadedFiles } from '../../gear/troubles/loaded.js';
import type { Watched } from './watch-pipeline.js';

/** Files that a message names. */
const shown = 10;

export interface Telling extends Omit<Watched, 'environment'> {
  readonly marts: readonly Pick<ChangeConsumer, 'target' | 'feeds'>[];
  readonly receivers: readonly Receiver[];
}

/**
 * Has people told of the files that have reached every mart since the last look. A notice is begun in Temporal before the batches are noted as
 * told, and by the same id by whoever looks again: so each file is told of once, whatever dies.
 */
export async function tellLoaded({ client, warehouse, definition, taskQueue, marts, receivers }: Telling): Promise<void> {
  const pipeline = definition.name;
  for (const { name: feed } of definition.feeds) {
    const group = groupOf(definition, feed);
    const readers = marts.filter(({ feeds }) => feeds.includes(group)).map(({ target }) => target);
    const told = { pipeline, feed, group, marts: readers };
    const batches = await beginTelling(warehouse, told);
    if (!batches) continue;
    const loaded = receivers.length === 0 ? undefined : await loadedFiles(warehouse, told, batches, shown);
    if (loaded) await startNotice(client, taskQueue, { trouble: noticeOf(pipeline, feed, batches.upTo, loaded), receivers });
    await endTelling(warehouse, told, batches);
  }
}

function noticeOf(pipeline: string, feed: string, cause: string, loaded: LoadedFiles): Trouble {
  const { files, rows, quarantined, bytes, at, newest } = loaded;
  const inQuarantine = (count: number) => (count === 0 ? '' : `, ${counted(count, 'row')} in quarantine`);
  return {
    ...{ pipeline, kind: 'loaded', subject: feed, feed, cause, count: files, at },
    loaded: { files, rows, quarantined, bytes },
    summary: `${counted(files, 'file')} of ${feed} ${files === 1 ? 'is' : 'are'} loaded: ${counted(rows, 'row')}${inQuarantine(quarantined)}`,
    details: [
      ...newest.map((file) => `${file.object}: ${counted(file.rows, 'row')}${inQuarantine(file.quarantined)} (load ${file.loadId})`),
      ...(files > newest.length ? [`and ${counted(files - newest.length, 'earlier file')}`] : []),
    ],
    commands: [`strata loads --feed ${feed}`],
  };
}
