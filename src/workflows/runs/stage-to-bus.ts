import type { ProgressTarget } from '../../contracts/activities.js';
import type { RunReport } from '../../contracts/workflows.js';
import { pruneChanges } from '../marts/aggregate-pipeline.js';
import { loadChangedVault } from '../vault/load-vault.js';
import { processInChild } from '../processing/process-in-child.js';
import { pruneFeeds } from '../processing/process-feeds.js';
import type { Publish } from '../report/progress.js';
import { writeStaleExports } from '../exports/write-exports.js';
import { refreshChangedMarts } from '../marts/refresh-marts.js';

export interface StageToBus {
  readonly pipeline: string;
  readonly feeds: readonly string[];
  readonly progress: ProgressTarget;
  readonly publish: Publish;
  readonly failures: string[];
  readonly tell: (part: Partial<RunReport>) => void;
}

/** What follows landing: staging to bulk, marts, the vault, then what nobody needs any more goes. */
export async function stageToBus({ pipeline, feeds, progress, publish, failures, tell }: StageToBus): Promise<void> {
  publish({ phase: 'processing', message: 'staging to bulk' });
  tell({ feeds: await processInChild({ pipeline, feeds, vault: false, progress }, failures) });

  publish({ phase: 'marts', message: 'bulk to bus' });
  const refreshing = { pipeline, progress, publish, failures, changed: (marts: RunReport['marts']) => tell({ marts }) };
  // Analysts wait for the marts; beside them the vault would take its share of the server from them.
  const { hasExports } = await refreshChangedMarts(refreshing);
  if (hasExports) {
    publish({ phase: 'exports', message: 'bus to files' });
    tell({ exports: await writeStaleExports({ pipeline, failures, progress, publish }) });
  }
  publish({ phase: 'vault', message: 'bulk to vault' });
  tell({ vault: await loadChangedVault(pipeline, failures, { publish }) });
  await Promise.all([pruneFeeds({ pipeline, failures }, feeds), pruneChanges(pipeline, failures)]);
  tell({});
  publish({ phase: 'done', message: failures.length === 0 ? 'done' : `${failures.length} failed` });
}
