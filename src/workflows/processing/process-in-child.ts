import { executeChild, isCancellation, workflowInfo } from '@temporalio/workflow';
import { workflowIds, workflowTypes } from '../../contracts/names.js';
import type { FeedCounts, ProcessInput, ProcessReport } from '../../contracts/workflows.js';
import { failureMessage, reportOf } from '../report/failure-message.js';
import type { processPipeline } from './process-pipeline.js';
import { attributesOf } from '../../contracts/search-attributes.js';

/** Processes in a child workflow, which may continue as new. Its failures are added to `failures`. */
export async function processInChild(input: ProcessInput, failures: string[]): Promise<Readonly<Record<string, FeedCounts>>> {
  const { pipeline } = input;
  try {
    const report = await executeChild<typeof processPipeline>(workflowTypes.process, {
      workflowId: `${workflowIds.process(pipeline)}/${workflowInfo().runId}`,
      args: [input],
      typedSearchAttributes: attributesOf({ pipeline }),
      staticSummary: 'staging to bulk',
    });
    return report.feeds;
  } catch (error) {
    if (isCancellation(error)) throw error;
    const report = reportOf<ProcessReport>(error);
    failures.push(...(report?.failures ?? [`processing: ${failureMessage(error)}`]));
    return report?.feeds ?? input.carried ?? {};
  }
}
