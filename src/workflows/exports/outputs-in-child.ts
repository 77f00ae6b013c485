import { executeChild, isCancellation, workflowInfo } from '@temporalio/workflow';
import { datesOf } from '../../contracts/dates/dates.js';
import { listOf, notComplete } from '../../contracts/dates/dated-runs.js';
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
    const outputs = report?.outputs ?? unknown(input);
    // First, because only the first failures of a run are listed.
    if (input.dates && outputs?.failed) failures.push(notComplete(listOf(outputs.failed.flatMap(datesOf)), 'an output failed'));
    failures.push(...(report?.failures ?? [`outputs by date: ${failureMessage(error)}`]));
    return outputs;
  }
}

/** Nobody knows what a child wrote that ended without a report. So none of the dates asked for is complete. */
function unknown({ dates }: OutputsInput): OutputsDone | undefined {
  return dates && { byOutput: {}, current: 0, otherDates: { dates: 0, first: [] }, failed: [dates] };
}
