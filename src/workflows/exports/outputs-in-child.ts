import { executeChild, isCancellation, workflowInfo } from '@temporalio/workflow';
import { workflowIds, workflowTypes } from '../../contracts/names.js';
import type { OutputsDone, OutputsInput, OutputsReport } from '../../contracts/outputs.js';
import { attributesOf } from '../../contracts/search-attributes.js';
import { failureMessage, reportOf } from '../report/failure-message.js';
import type { writeOutputs } from './write-outputs.js';

/** Writes outputs by date in a child workflow, which may continue as new. Its failures are added to `failures`. */
export async function writeDatedOutputs(input: OutputsInput, failures: string[]): Promise<OutputsDone | undefined> {
  const { pipeline } = input;
  try {
    const { outputs } = await executeChild<typeof writeOutputs>(workflowTypes.outputs, {
      workflowId: `${workflowIds.outputs(pipeline)}/${workflowInfo().runId}`,
      args: [input],
      typedSearchAttributes: attributesOf({ pipeline }),
      staticSummary: 'outputs by date',
    });
    return outputs;
  } catch (error) {
    if (isCancellation(error)) throw error;
    const report = reportOf<OutputsReport>(error);
    failures.push(...(report?.failures ?? [`outputs by date: ${failureMessage(error)}`]));
    return report?.outputs;
  }
}
