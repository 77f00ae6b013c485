import type { ProcessingActivities } from '../../src/contracts/activities/processing.js';

/** The activities of processing: each batch has one load of five new rows, and is the feed's last. What is called is noted. */
export function processingActivities(calls: string[]): Pick<ProcessingActivities, 'processBatch' | 'pruneStaging'> {
  return {
    processBatch: async ({ feed }) => {
      calls.push(`process ${feed}`);
      return { batch: 1, loads: 1, inserted: 5, updated: 0, unchanged: 0, superseded: 0, outdated: 0, leftOut: 0, more: false };
    },
    pruneStaging: async ({ feed }) => {
      calls.push(`prune ${feed}`);
      return { rows: 5 };
    },
  };
}
