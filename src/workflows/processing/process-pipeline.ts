import { continueAsNew, workflowInfo } from '@temporalio/workflow';
import type { FeedCounts, ProcessInput, ProcessReport } from '../../contracts/workflows.js';
import { control } from '../activity-profiles.js';
import { showDetails, showRetries } from '../report/current-details.js';
import { reportMarkdown } from '../report/report-markdown.js';
import { finish } from '../report/failure-message.js';
import { hostStream } from '../report/progress.js';
import { inOrder } from '../report/in-order.js';
import { loadStaleVault } from '../vault/load-vault.js';
import { processFeeds, pruneFeeds } from './process-feeds.js';

/** Merges staged loads into bulk, all feeds side by side. Then loads the vault and deletes processed rows from staging. */
export async function processPipeline(input: ProcessInput): Promise<ProcessReport> {
  showRetries();
  const { pipeline } = input;
  const hosted = input.progress ? undefined : hostStream(input.stream);
  const progress = input.progress ?? { workflowId: workflowInfo().workflowId };
  const { staged, unpruned } = input.feeds ? { staged: input.feeds, unpruned: [] } : await control.findStaged({ pipeline });
  const counts: Record<string, FeedCounts> = { ...input.carried };
  const failures: string[] = [];
  let vault: Record<string, number> = {};
  const changed = () => showDetails(reportMarkdown({ failures, feeds: inOrder(staged, counts), vault }));

  if (staged.length > 0) hosted?.publish({ phase: 'processing', message: `${staged.join(', ')}: staging to bulk` });
  const more = await processFeeds({ pipeline, progress, counts, failures, changed }, staged);
  // The next run tries a feed again that failed. If none failed and some have more to do, this workflow goes on.
  if (more && failures.length === 0) {
    const next = { ...input, carried: counts };
    if (!hosted) await continueAsNew<typeof processPipeline>(next);
    await hosted?.continueAs<typeof processPipeline>((stream) => [{ ...next, stream }]);
  }
  if (input.vault !== false) {
    vault = await loadStaleVault(pipeline, failures, { publish: hosted?.publish });
    await pruneFeeds({ pipeline, failures }, [...new Set([...staged, ...unpruned])]);
  }
  changed();
  await hosted?.close();
  return finish({ feeds: inOrder(Object.keys(counts), counts), vault, failures });
}
