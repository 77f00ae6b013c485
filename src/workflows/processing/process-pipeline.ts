import { continueAsNew } from '@temporalio/workflow';
import type { FeedCounts, ProcessInput, ProcessReport } from '../../contracts/workflows.js';
import { control } from '../activity-profiles.js';
import { showDetails, showRetries } from '../report/current-details.js';
import { reportMarkdown } from '../report/report-markdown.js';
import { finish } from '../report/failure-message.js';
import { inOrder } from '../report/in-order.js';
import { loadStaleVault } from '../vault/load-vault.js';
import { processFeeds, pruneFeeds } from './process-feeds.js';

/** Staged loads to bulk, all feeds side by side; then the vault, then what was processed leaves staging. */
export async function processPipeline(input: ProcessInput): Promise<ProcessReport> {
  showRetries();
  const { pipeline, progress } = input;
  const { staged, unpruned } = input.feeds ? { staged: input.feeds, unpruned: [] } : await control.findStaged({ pipeline });
  const counts: Record<string, FeedCounts> = { ...input.carried };
  const failures: string[] = [];
  let vault: Record<string, number> = {};
  const changed = () => showDetails(reportMarkdown({ failures, feeds: inOrder(staged, counts), vault }));

  const more = await processFeeds({ pipeline, progress, counts, failures, changed }, staged);
  // A feed that failed is tried again by the next run; with feeds that have more to do, this one goes on.
  if (more && failures.length === 0) await continueAsNew<typeof processPipeline>({ ...input, carried: counts });
  if (input.vault !== false) {
    vault = await loadStaleVault(pipeline, failures);
    await pruneFeeds({ pipeline, failures }, [...new Set([...staged, ...unpruned])]);
  }
  changed();
  return finish({ feeds: inOrder(Object.keys(counts), counts), vault, failures });
}
