import type { ProgressTarget } from '../../contracts/activities/refs.js';
import type { OutputWish } from '../../contracts/outputs.js';
import type { RunReport } from '../../contracts/workflows.js';
import { pruneChanges } from '../marts/aggregate-pipeline.js';
import { loadStaleVault } from '../vault/load-vault.js';
import { processInChild } from '../processing/process-in-child.js';
import { pruneFeeds } from '../processing/process-feeds.js';
import type { Publish } from '../report/progress.js';
import { writeDatedOutputs } from '../exports/outputs-in-child.js';
import { writeProcessed } from '../exports/write-processed.js';
import { writeStaleExports } from '../exports/write-exports.js';
import { refreshAllStale } from '../marts/refresh-marts.js';

export interface StageToBus {
  readonly pipeline: string;
  /** Those that have staged loads where it is undefined. */
  readonly feeds: readonly string[] | undefined;
  readonly progress: ProgressTarget;
  readonly publish: Publish;
  readonly failures: string[];
  readonly update: (part: Partial<RunReport>) => void;
}

/** What follows landing: staging to bulk, marts, the vault, then what nobody needs any more goes. */
export async function stageToBus({ pipeline, feeds, progress, publish, failures, update }: StageToBus): Promise<void> {
  publish({ phase: 'processing', message: 'staging to bulk' });
  const processed = await processInChild({ pipeline, feeds, vault: false, progress }, failures);
  update({ feeds: processed });
  await bulkToBus({ pipeline, feeds: feeds ?? Object.keys(processed), progress, publish, failures, update });
}

export interface BulkToBus extends Omit<StageToBus, 'feeds'> {
  /** Feeds whose rows leave staging at the end. */
  readonly feeds?: readonly string[];
  /** What is wanted of the outputs by date; absent: those of all dates that have files. */
  readonly outputs?: Pick<OutputWish, 'dates' | 'feeds'> | undefined;
}

/** What follows processing. */
export async function bulkToBus({ pipeline, feeds = [], outputs, progress, publish, failures, update }: BulkToBus): Promise<void> {
  publish({ phase: 'marts', message: 'bulk to bus' });
  const refreshing = { pipeline, progress, publish, failures, changed: (marts: RunReport['marts']) => update({ marts }) };
  // Analysts wait for the marts; beside them the vault would take its share of the server from them.
  const { hasProcessed, hasExports, hasDatedOutputs } = await refreshAllStale(refreshing);
  if (hasProcessed) {
    publish({ phase: 'processed', message: 'bus to processed bucket' });
    update({ processed: await writeProcessed({ pipeline, failures, progress }) });
  }
  if (hasExports) {
    publish({ phase: 'exports', message: 'bus to files' });
    update({ exports: await writeStaleExports({ pipeline, failures, progress, publish }) });
  }
  if (outputs || hasDatedOutputs) {
    publish({ phase: 'outputs', message: 'outputs by date' });
    update({ outputs: await writeDatedOutputs({ pipeline, ...(outputs ?? { delivered: true }), progress }, failures) });
  }
  publish({ phase: 'vault', message: 'bulk to vault' });
  update({ vault: await loadStaleVault(pipeline, failures, { publish }) });
  await Promise.all([pruneFeeds({ pipeline, failures }, feeds), pruneChanges(pipeline, failures)]);
  update({});
  publish({ phase: 'done', message: failures.length === 0 ? 'done' : `${failures.length} failed` });
}
