import type { Client } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { searchAttributes, workflowIds, workflowTypes, type ArrivalSignal } from '../../contracts/names.js';
import type { Arrival, ArrivalsInput } from '../../contracts/workflows.js';

/**
 * Signals the pipeline's `followArrivals`, and starts it if it does not run, in one step. If this throws no error, Temporal has kept the
 * signal, and the caller may forget it.
 */
export async function signalArrivals(
  client: Client,
  taskQueue: string,
  pipeline: string,
  signal: ArrivalSignal,
  feeds: readonly string[],
): Promise<void> {
  const { name, type } = searchAttributes.pipeline;
  await client.workflow.signalWithStart(workflowTypes.arrivals, {
    workflowId: workflowIds.arrivals(pipeline),
    taskQueue,
    args: [{ pipeline } satisfies ArrivalsInput],
    signal,
    signalArgs: [{ feeds } satisfies Arrival],
    typedSearchAttributes: [{ key: defineSearchAttributeKey(name, type), value: pipeline }],
    staticSummary: 'new files to bus',
    staticDetails: 'Brings new files to bus at once. It ends when nothing is left to do, and the next file starts it again.',
  });
}
